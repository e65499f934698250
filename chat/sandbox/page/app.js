// Ties the page together: who I am, which chat is open, the clock, and news.

import * as api from './api.js';
import { room, load, loadGuide, rest, add, settleMarks, markRead, unread, waiting } from './room.js';
import { el, button, redraw } from './dom.js';
import { Talk, face, kindOf, nameOf, tryLine } from './talk.js';
import { Clock, fullDay, hour, parts, shortDay, sinceDay } from './time.js';
import { t, isEnglish, switchLanguage, translate } from './words.js';

const $ = id => document.getElementById(id);
const clock = new Clock();
const talk = new Talk($('log'), $('chips'), { say: text => say(text), fill });
const wide = matchMedia('(min-width: 900px)');
const roles = ['worker', 'staff', 'liaison', 'leader', 'discipline', 'admin'];
const busy = new Set(); // "person chat" for which an answer is awaited
const drafts = new Map();
let who = '', open = '', pane = 'chat', ready = false;

const ownChat = () => room.privateOf(who);
const titleOf = (chat, person) => (chat.kind === 'private' && chat.members[0] === person ? room.bot : chat.name);
const roleOf = p => t('role')[p.role] ?? p.role;
const detail = p => (!p.title ? roleOf(p) : p.title.includes(roleOf(p)) ? p.title : `${p.title} · ${roleOf(p)}`);
const seen = () => !document.hidden && (wide.matches || pane === 'chat');

// ---- where we are: kept in the address, so that windows can be different people

function readAddress() {
  const h = new URLSearchParams(location.hash.slice(1));
  const person = room.person(h.get('who')) ?? room.people.find(p => p.role === 'worker') ?? room.people[0];
  if (!person) return;
  const mine = room.own(person.id);
  const chat = mine.find(c => c.id === h.get('chat')) ?? room.privateOf(person.id);
  const p = h.get('pane');
  settle(person.id, chat.id, p === 'list' || p === 'tools' ? p : 'chat');
}

function go(to, replace) {
  const next = { who, chat: open, pane: 'chat', ...to };
  if (next.who !== who && !room.chat(next.chat)?.members.includes(next.who)) next.chat = room.privateOf(next.who).id;
  const h = new URLSearchParams({ who: next.who, chat: next.chat });
  if (next.pane !== 'chat') h.set('pane', next.pane);
  history[replace ? 'replaceState' : 'pushState'](null, '', `#${h}`);
  const moved = next.who !== who || next.chat !== open || next.pane !== pane;
  settle(next.who, next.chat, next.pane);
  if (moved) focusPane();
}

function settle(person, chat, where) {
  if (open) drafts.set(`${who} ${open}`, $('text').value);
  const other = person !== who || chat !== open;
  who = person; open = chat; pane = where;
  document.body.dataset.pane = pane;
  if (other) {
    $('text').value = drafts.get(`${who} ${open}`) ?? '';
    grow();
    showChat();
  }
  forgetNews(c => c === open);
  drawSide();
}

function focusPane() {
  if (pane === 'list') $('side-title').focus();
  else if (pane === 'tools') $('tools-title').focus();
  else if (wide.matches) $('text').focus();
  else $('chat-title').focus();
}

// ---- drawing

function showChat() {
  const chat = room.chat(open);
  $('chat-face').replaceWith(Object.assign(face(chat.kind === 'group' ? 'group' : 'bot'), { id: 'chat-face' }));
  $('chat-title').textContent = titleOf(chat, who);
  $('chat-sub').textContent = chat.kind === 'group' ? t('group', chat.members.length, room.bot) : t('private');
  talk.show(who, chat, clock.now());
  talk.wait(busy.has(`${who} ${open}`));
}

function drawSide() {
  if (seen()) markRead(who, open);
  const me = room.person(who), others = room.people.filter(p => p.id !== who).reduce((n, p) => n + waiting(p.id), 0);
  const words = el('span', 'names', el('strong', '', me.name), el('small', '', `${t('me')} · ${detail(me)}`));
  $('who').replaceChildren(face(who), words, ...badge(others), el('span', 'change', t('change')));
  $('me').replaceChildren(face(who), el('span', '', me.name), ...badge(others));
  $('me').setAttribute('aria-label', `${t('me')} ${me.name}, ${t('change')}`);
  redraw($('chats'), ...room.own(who).map(chatItem));
  const sum = room.own(who).reduce((n, c) => n + (c.id === open ? 0 : unread(who, c.id)), 0);
  $('back-badge').hidden = !sum;
  $('back-badge').textContent = sum;
  $('back').setAttribute('aria-label', sum ? `${t('backTo')}, ${t('unread', sum)}` : t('backTo'));
  document.title = (sum + others ? `(${sum + others}) ` : '') + t('title');
  drawTries();
  if ($('people').open) drawPeople();
}

// badge is a list with the number, or an empty one when there is nothing.
function badge(n) {
  if (!n) return [];
  const b = el('span', 'badge', String(n));
  b.append(el('span', 'unseen', ` ${t('unread', '')}`));
  return [b];
}

function chatItem(chat) {
  const last = room.last(chat.id), n = chat.id === open && seen() ? 0 : unread(who, chat.id);
  const said = last ? (chat.kind === 'group' && last.from !== who ? `${nameOf(last.from)}: ` : '') + (last.text || `[${kindOf(last.attachments[0])}]`) : t('empty');
  const day = last && sinceDay(last.at, clock.now());
  const top = el('span', 'top', el('strong', '', titleOf(chat, who)), el('small', '', last ? (day === t('today') ? hour(last.at) : day) : ''));
  const b = button('chat', () => go({ chat: chat.id }), face(chat.kind === 'group' ? 'group' : 'bot'),
    el('span', 'names', top, el('span', 'top', el('small', 'last', said.slice(0, 60)), ...badge(n))));
  if (chat.id === open) b.setAttribute('aria-current', 'true');
  return el('li', '', b);
}

function drawPeople() {
  const groups = roles.map(r => [r, room.people.filter(p => p.role === r)]).filter(([, list]) => list.length);
  redraw($('roles'), ...groups.map(([role, list]) => {
    const h = el('h3', '', t('role')[role]);
    h.id = `role-${role}`;
    const ul = el('ul', '', ...list.map(personItem));
    ul.setAttribute('aria-labelledby', h.id);
    return el('section', '', h, ul);
  }));
}

function personItem(p) {
  const b = button('person', () => { $('people').close(); go({ who: p.id, chat: room.privateOf(p.id).id }); }, face(p.id),
    el('span', 'names', el('strong', '', p.name), el('small', '', p.title || roleOf(p))), ...badge(waiting(p.id)));
  if (p.id === who) b.setAttribute('aria-current', 'true');
  return el('li', '', b);
}

let triesDrawn = '', triesFor = '';

function drawTries() {
  const steps = [];
  for (const line of room.tries) {
    if (!steps.length || steps.at(-1).role !== line.role) steps.push({ role: line.role, actor: actorOf(line.role), lines: [] });
    steps.at(-1).lines.push(line);
  }
  const drawn = JSON.stringify([who, isEnglish(), steps]);
  if (drawn === triesDrawn) return;
  const open = who === triesFor ? [...$('tries').querySelectorAll('[open]')].map(d => d.dataset.role) : [];
  triesDrawn = drawn;
  triesFor = who;
  $('try').hidden = !steps.length;
  redraw($('tries'), ...steps.filter(s => s.actor).map((s, i) => tryStep(s, i + 1, open.includes(s.role))));
}

// actorOf is who plays a role in the matter at hand: me, or somebody who has
// news, or whom the bot wrote to last.
function actorOf(role) {
  const able = room.people.filter(p => p.role === role), last = p => room.last(room.privateOf(p.id).id)?.id ?? 0;
  return able.find(p => p.id === who) ?? able.find(p => waiting(p.id)) ?? able.reduce((a, b) => (last(b) > last(a) ? b : a), able[0]);
}

// tryStep folds away what is not mine to say, so that all steps are seen.
function tryStep({ role, actor, lines }, n, open) {
  const mine = actor.id === who;
  const head = el('summary', 'step-head', el('span', 'step', String(n)), el('strong', '', t('role')[role] ?? role), ' ', el('small', '', mine ? t('you') : t('as', actor.name)));
  const step = el('details', mine ? 'step-now' : '', head);
  step.dataset.role = role;
  step.open = mine || open;
  for (const line of lines) {
    step.append(tryLine(line, () => {
      go({ who: actor.id, chat: room.privateOf(actor.id).id });
      fill(line.text);
    }));
  }
  return step;
}

function drawClock() {
  const now = clock.now(), at = hour(now), day = fullDay(now);
  if ($('clock').textContent === at && $('date').textContent === day) return;
  $('clock').textContent = at;
  $('clock').dateTime = now;
  $('date').textContent = day;
  $('tools').replaceChildren(el('span', '', at), el('span', '', t('toolsShort')));
  $('tools').setAttribute('aria-label', `${at}, ${t('tools')}`);
  $('to-tools').replaceChildren(el('strong', '', at), el('span', '', shortDay(now)), el('span', 'change', t('toolsShort')));
  $('to-tools').setAttribute('aria-label', `${at} ${shortDay(now)}, ${t('tools')}`);
  if (room.stops.some(s => Date.parse(s.at) <= Date.parse(now))) refreshGuide();
}

function drawStops() {
  $('desk').hidden = !room.desk;
  $('desk').href = room.desk;
  $('moves').hidden = !room.movable;
  if (!room.movable) $('moving').textContent = t('fixed');
  const later = room.stops.filter(s => Date.parse(s.at) > Date.parse(clock.now()));
  redraw($('stops'), ...later.map(s => {
    const at = clock.iso(Date.parse(s.at));
    return button('move', () => move({ set: at }), el('span', '', isEnglish() ? s.labelEN : s.label), ' ', el('small', '', `${shortDay(at)} ${hour(at)}`));
  }));
  if (document.activeElement !== $('when')) $('when').value = parts(clock.iso(Date.parse(clock.now()) + 86400000)).local;
  $('when').min = parts(clock.now()).local;
}

function drawAll() {
  translate();
  $('language').textContent = t('other');
  $('language').setAttribute('aria-label', t('otherLabel'));
  $('language').lang = isEnglish() ? 'zh-CN' : 'en';
  $('date').textContent = '';
  drawClock();
  drawStops();
  showChat();
  drawSide();
}

// ---- saying things

function fill(text) {
  $('text').value = text;
  grow();
  $('text').focus();
  $('text').setSelectionRange(text.length, text.length);
}

function grow() {
  const box = $('text');
  box.style.height = 'auto';
  box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
  $('send').classList.toggle('ready', box.value.trim() !== '');
}

async function say(text, attachments) {
  const from = who, chat = open, key = `${from} ${chat}`;
  const addressed = room.chat(chat).kind === 'private' || text.includes(`@${room.bot}`);
  if (addressed) busy.add(key);
  if (addressed) talk.wait(true);
  try {
    await api.post(from, chat, text, attachments);
  } catch (e) {
    notice(e.status ? e.message : t('lost'));
    if (!e.status && text && !$('text').value) fill(text);
  }
  busy.delete(key);
  if (who === from && open === chat) talk.wait(false);
  for (const m of await rest(chat).catch(() => [])) heard({ ...m, chat });
}

function submit() {
  const text = $('text').value;
  if (!text.trim()) return;
  $('text').value = '';
  grow();
  say(text);
}

// sendFiles sends what was chosen, each as a message of its own, as in WeChat.
async function sendFiles() {
  const chosen = [...$('files').files];
  $('files').value = '';
  for (const f of chosen) {
    if (f.size > api.fileMax) { notice(t('tooLarge', f.name)); continue; }
    await say('', [{ kind: api.mediaKind(f.type), name: f.name, data: await api.base64(f) }]);
  }
}

// ---- hearing things

function heard({ chat, ...m }, live = false) {
  if (!add(chat, m, live)) return;
  if (chat === open) talk.arrived(clock.now());
  if (m.from === 'bot' && !(chat === open && seen())) tell(chat);
  drawSide();
}

// tell puts up a note that the bot wrote where nobody is looking; this is how
// a newcomer sees the matter go on to the next person.
const news = new Map(); // chat id → its note

function tell(id) {
  const chat = room.chat(id);
  if (!chat) return;
  const reader = chat.members.includes(who) ? who : chat.members[0];
  if (!reader) return;
  forgetNews(c => c === id);
  const name = chat.kind === 'group' ? chat.name : nameOf(reader);
  const words = el('span', 'names', el('strong', '', t('hasNews', name)), el('small', '', chat.kind === 'private' ? room.person(reader).title : ''));
  const forget = () => forgetNews(c => c === id);
  const look = button('look', () => { forget(); go({ who: reader, chat: id }); },
    face(chat.kind === 'group' ? 'group' : reader), words, el('span', 'change', t('look')));
  const dismiss = button('icon', forget, '×');
  dismiss.setAttribute('aria-label', t('dismiss'));
  const note = putUp(el('div', 'toast', look, dismiss), () => { if (news.get(id) === note) news.delete(id); });
  news.set(id, note);
  limitNews();
}

function forgetNews(which) {
  for (const [id, note] of news) if (which(id)) { news.delete(id); note.remove(); }
  limitNews();
}

// limitNews shows the newest notes and one line for the rest. A small screen has
// room for one; the number beside the name tells the rest.
function limitNews() {
  const all = [...news.values()], most = wide.matches ? 3 : 1;
  all.forEach((note, i) => { note.hidden = i < all.length - most; });
  document.querySelector('.toasts .rest')?.remove();
  if (wide.matches && all.length > most) {
    const rest = button('rest', () => showPeople(), t('moreNews', all.length - most));
    $('toasts').prepend(rest);
  }
}

// putUp shows a note for a while; longer while it is pointed at or focused.
function putUp(content, gone) {
  const note = el('div', 'note-row', content);
  const away = () => { if (note.matches(':hover, :focus-within')) { setTimeout(away, 4000); return; } note.remove(); gone?.(); limitNews(); };
  setTimeout(away, 14000);
  $('toasts').append(note);
  return note;
}

function notice(text) { putUp(el('p', 'toast alert', text)); }

// ---- the clock

async function move(to) {
  const before = [...room.messages.values()].reduce((n, list) => n + list.length, 0);
  const buttons = document.querySelectorAll('.move');
  $('moving').textContent = t('moving');
  for (const b of buttons) b.setAttribute('aria-disabled', 'true');
  try {
    clock.set((await api.moveClock(to)).now);
    await catchUp();
    const after = [...room.messages.values()].reduce((n, list) => n + list.length, 0);
    $('moving').textContent = t('moved', after - before);
  } catch (e) {
    $('moving').textContent = e.status ? e.message : t('lostClock');
  }
  for (const b of document.querySelectorAll('.move')) b.removeAttribute('aria-disabled');
  drawClock();
  drawSide();
}

const moving = () => document.querySelector('.move[aria-disabled]') !== null;

let refreshing = false;
async function refreshGuide() {
  if (refreshing) return;
  refreshing = true;
  await loadGuide().catch(() => {});
  refreshing = false;
  drawStops();
}

function clockSaid(now) {
  const jumped = clock.jumped(now);
  clock.set(now);
  if (!jumped) return;
  drawClock();
  refreshGuide();
}

// ---- life

async function catchUp() {
  const { now, fresh } = await load();
  clock.set(now);
  if (ready) for (const m of fresh) if (m.from === 'bot' && !(m.chat === open && seen())) tell(m.chat);
  if (ready && fresh.some(m => m.chat === open)) showChat();
  if (ready) { drawStops(); drawSide(); }
}

function showPeople() {
  drawPeople();
  $('people').showModal();
  $('people').querySelector('[aria-current]')?.focus();
}

function wire() {
  $('who').onclick = $('me').onclick = showPeople;
  $('people-close').onclick = () => $('people').close();
  $('people').addEventListener('click', e => { if (e.target === $('people')) $('people').close(); });
  $('back').onclick = () => go({ pane: 'list' });
  $('tools').onclick = $('to-tools').onclick = () => go({ pane: 'tools' });
  $('tools-back').onclick = () => go({ pane: 'chat' });
  $('language').onclick = () => { switchLanguage(); drawAll(); };
  $('composer').onsubmit = e => { e.preventDefault(); submit(); };
  $('attach').onclick = () => $('files').click();
  $('files').onchange = sendFiles;
  $('text').addEventListener('input', grow);
  $('text').addEventListener('keydown', e => {
    // While an input method composes, Enter chooses a word (229 on old WebKit).
    if (e.key !== 'Enter' || e.shiftKey || e.isComposing || e.keyCode === 229) return;
    e.preventDefault();
    submit();
  });
  for (const b of document.querySelectorAll('[data-advance]')) b.onclick = () => moving() || move({ advance: b.dataset.advance });
  $('stops').addEventListener('click', e => { if (moving()) e.stopPropagation(); }, true);
  $('jump').onsubmit = e => { e.preventDefault(); if (!moving()) move({ set: clock.fromLocal($('when').value) }); };
  addEventListener('popstate', readAddress);
  wide.addEventListener('change', () => { drawSide(); limitNews(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) drawSide(); });
}

async function start() {
  translate();
  try {
    await catchUp();
  } catch (e) {
    $('offline').hidden = false;
    setTimeout(start, 2000);
    return;
  }
  if (!room.people.length) return;
  settleMarks();
  readAddress();
  go({ pane }, true);
  ready = true;
  drawAll();
  wire();
  setInterval(drawClock, 1000);
  api.listen({
    open: () => { $('offline').hidden = true; catchUp().catch(() => {}); },
    lost: () => { $('offline').hidden = false; },
    message: m => heard(m, true),
    clock: clockSaid,
  });
  document.body.dataset.ready = '';
}

start();
