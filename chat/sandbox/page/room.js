// What the page knows: people, chats, messages, and who has read what.

import * as api from './api.js';

export const room = {
  people: [], chats: [], bot: '', movable: true, desk: '', stops: [], tries: [],
  messages: new Map(), // chat id → messages in order
  full: new Map(),     // chat id → id up to which no message is missing
  marks: {},           // "person chat" → id of the last message read
  name: '',

  person: id => room.people.find(p => p.id === id),
  chat: id => room.chats.find(c => c.id === id),
  own: who => room.chats.filter(c => c.members.includes(who)),
  privateOf: who => room.chats.find(c => c.kind === 'private' && c.members[0] === who),
  in: chat => room.messages.get(chat) ?? [],
  last: chat => room.in(chat).at(-1),
};

// load fetches all there is; it also catches up after a lost connection and
// returns what is new as {chat, …message}.
export async function load() {
  const [state] = await Promise.all([api.state(), loadGuide()]);
  room.people = state.people;
  room.chats = state.chats;
  const lists = await Promise.all(state.chats.map(c => rest(c.id)));
  const fresh = lists.flatMap((list, i) => list.filter(m => add(state.chats[i].id, m)).map(m => ({ ...m, chat: state.chats[i].id })));
  return { now: state.now, fresh };
}

export async function loadGuide() {
  const g = await api.guide();
  Object.assign(room, { bot: g.bot, movable: g.movable, desk: g.desk, stops: g.stops, tries: g.tries });
  if (room.name !== g.room) { room.name = g.room; recallMarks(); }
}

// rest fetches the messages of a chat after the last before which none is
// missing; add wants them in this order.
export const rest = chat => api.messages(chat, room.full.get(chat) ?? 0);

// add puts a message where it belongs; false if it was there. One that comes live
// may have others before it that came while nobody listened.
export function add(chat, m, live = false) {
  if (!live) room.full.set(chat, Math.max(room.full.get(chat) ?? 0, m.id));
  const list = room.in(chat);
  room.messages.set(chat, list);
  let i = list.length;
  while (i > 0 && list[i - 1].id > m.id) i--;
  if (i > 0 && list[i - 1].id === m.id) return false;
  list.splice(i, 0, m);
  return true;
}

const markKey = () => `fangzhuo.read.${room.name}`;

function recallMarks() {
  try { room.marks = JSON.parse(localStorage.getItem(markKey())) ?? {}; } catch { room.marks = {}; }
}

// settleMarks counts all that stood here before the first visit as read.
export function settleMarks() {
  if (Object.keys(room.marks).length) return;
  for (const c of room.chats) for (const who of c.members) room.marks[`${who} ${c.id}`] = room.last(c.id)?.id ?? 0;
  keepMarks();
}

function keepMarks() {
  try { localStorage.setItem(markKey(), JSON.stringify(room.marks)); } catch { /* read marks last as long as the page */ }
}

export function markRead(who, chat) {
  const id = room.last(chat)?.id ?? 0, key = `${who} ${chat}`;
  if ((room.marks[key] ?? 0) >= id) return;
  room.marks[key] = id;
  keepMarks();
}

export function unread(who, chat) {
  const mark = room.marks[`${who} ${chat}`] ?? 0, list = room.in(chat);
  let n = 0;
  for (let i = list.length - 1; i >= 0 && list[i].id > mark; i--) if (list[i].from !== who) n++;
  return n;
}

// waiting counts what is unread in a person's private chat.
export const waiting = who => unread(who, room.privateOf(who).id);
