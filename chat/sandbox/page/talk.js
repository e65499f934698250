// Draws one chat: bubbles, days, and the quick replies under the last one.

import { el, button } from './dom.js';
import { room } from './room.js';
import { repliesTo } from './chips.js';
import { t, isEnglish } from './words.js';
import { dayKey, hour, sinceDay } from './time.js';

// face is the round picture of a person, or the table for the bot.
export function face(who) {
  const f = el('span', 'face');
  f.setAttribute('aria-hidden', 'true');
  const p = room.person(who);
  if (p) { f.dataset.role = p.role; f.textContent = [...p.name][0]; } else f.dataset.role = who === 'group' ? 'group' : 'bot';
  return f;
}

export const nameOf = who => (who === 'bot' ? room.bot : room.person(who)?.name ?? who);

// tryLine is a line that somebody may say, with what it is for unless it says so itself.
export function tryLine(line, does) {
  const label = isEnglish() ? line.labelEN : line.label;
  return button('line', does, label && !line.text.startsWith(label) ? el('small', '', label) : null, el('span', '', line.text));
}

const shown = 200, fold = 1200, pause = 10 * 60 * 1000;

export class Talk {
  constructor(log, chips, { say, fill }) { Object.assign(this, { log, chips, say, fill, from: 0 }); }

  // show draws a chat as one person sees it.
  show(who, chat, now) {
    Object.assign(this, { who, chat, now, typing: null });
    this.from = Math.max(0, room.in(chat.id).length - shown);
    this.draw();
    this.log.scrollTop = this.log.scrollHeight;
  }

  draw() {
    this.log.ariaBusy = 'true'; // a whole chat is not news to be read out
    this.log.replaceChildren();
    const list = room.in(this.chat.id);
    if (this.from > 0) this.log.append(button('quiet earlier', () => { this.from = Math.max(0, this.from - shown); this.draw(); }, t('earlier')));
    if (!list.length) this.log.append(this.welcome());
    list.slice(this.from).forEach((m, i, part) => this.append(m, part[i - 1]));
    this.log.ariaBusy = 'false';
    this.offer();
  }

  // low reports whether one reads at the end of the chat.
  low() { return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 160; }

  // arrived draws a message that just came.
  arrived(now) {
    this.now = now;
    const list = room.in(this.chat.id), low = this.low();
    const drawn = Number(this.log.querySelector('article:last-of-type')?.dataset.id ?? 0);
    if (list.length < 2 || list.at(-2).id !== drawn) this.draw(); // out of order, or the first
    else { this.append(list.at(-1), list.at(-2)); this.offer(); }
    if (this.typing) this.log.append(this.typing);
    if (low || list.at(-1).from === this.who) this.log.scrollTop = this.log.scrollHeight;
  }

  append(m, before) {
    const newDay = !before || dayKey(before.at) !== dayKey(m.at);
    if (newDay) this.log.append(el('p', 'day', el('span', '', sinceDay(m.at, this.now))));
    const run = !newDay && before.from === m.from && Date.parse(m.at) - Date.parse(before.at) < pause;
    this.log.append(this.bubble(m, run));
  }

  bubble(m, run) {
    const mine = m.from === this.who, row = el('article', `row ${mine ? 'mine' : m.from === 'bot' ? 'bot' : 'other'}${run ? ' run' : ''}`);
    row.dataset.id = m.id;
    const time = el('time', '', hour(m.at));
    time.dateTime = m.at;
    const body = el('div', 'body', el('p', 'by', el('span', '', mine && !isEnglish() ? '我' : nameOf(m.from)), ' ', time));
    if (m.text || !m.attachments.length) body.append(text(m.text));
    for (const a of m.attachments) body.append(media(a));
    row.append(face(m.from), body);
    return row;
  }

  welcome() {
    const group = this.chat.kind === 'group', card = el('section', 'welcome');
    const table = new Image(56, 56);
    table.src = 'logo.svg';
    table.alt = '';
    card.append(table, el('h3', '', t('welcome', nameOf(this.who))), el('p', '', t(group ? 'welcomeGroup' : 'welcomeText', room.bot)));
    if (group) return card;
    const role = room.person(this.who)?.role;
    const lines = el('div', 'lines');
    for (const line of room.tries.filter(l => l.role === role)) {
      lines.append(tryLine(line, () => this.fill(line.text)));
    }
    card.append(lines);
    return card;
  }

  // offer shows what the bot's last words ask for as buttons.
  offer() {
    const last = room.last(this.chat.id), low = this.low();
    const replies = this.chat.kind === 'private' && last?.from === 'bot' && !this.typing ? repliesTo(last.text) : [];
    this.chips.replaceChildren(...replies.map(r => button(r.whole ? 'chip' : 'chip open', () => (r.whole ? this.say(r.text) : this.fill(r.text)), r.label)));
    this.chips.hidden = !replies.length;
    if (low) this.log.scrollTop = this.log.scrollHeight; // they take room
  }

  // wait shows that the bot is at work.
  wait(on) {
    this.typing?.remove();
    this.typing = null;
    if (on) {
      const dots = el('div', 'bubble dots', el('i'), el('i'), el('i'), el('span', 'unseen', t('typing')));
      this.typing = el('div', 'row bot typing', face('bot'), el('div', 'body', dots));
      this.log.append(this.typing);
      this.log.scrollTop = this.log.scrollHeight;
    }
    this.offer();
  }
}

// kindOf is what an attachment is called.
export const kindOf = a => t('attachment')[a?.kind] ?? a?.kind ?? '';

// media is a picture, or the name of a file, with a link to save it.
function media(a) {
  const name = `[${kindOf(a)}] ${a.name}`;
  if (!a.url) return el('p', 'bubble media', name);
  const link = el('a', a.type ? 'picture' : 'bubble media');
  link.href = a.url;
  link.download = a.name;
  if (a.type) {
    const picture = new Image();
    picture.src = a.url;
    picture.alt = name;
    link.append(picture);
  } else link.append(`${name} `, el('small', '', size(a.size ?? 0)));
  return link;
}

function size(bytes) {
  if (bytes < 1 << 20) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  return `${(bytes / (1 << 20)).toFixed(1)} MB`;
}

// text is a bubble; a very long one is folded.
function text(said) {
  const p = el('p', 'bubble');
  p.lang = 'zh-CN';
  if (said.length <= fold + 200) { p.textContent = said; return p; }
  const part = el('span', '', said.slice(0, fold) + '…');
  const more = button('more', () => {
    const open = more.getAttribute('aria-expanded') !== 'true';
    part.textContent = open ? said : said.slice(0, fold) + '…';
    more.textContent = t(open ? 'less' : 'more');
    more.setAttribute('aria-expanded', open);
  }, t('more'));
  more.setAttribute('aria-expanded', 'false');
  p.append(part, more);
  return p;
}
