// Talks to the room: requests, and the live stream of what happens in it.

const base = 'api/sandbox/';

async function ask(path, body) {
  const answer = await fetch(base + path, body && {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
  });
  const json = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(json.error), { status: answer.status });
  return json;
}

export const state = () => ask('state');
export const guide = () => ask('guide');
export const messages = (chat, after) => ask(`messages?${new URLSearchParams({ chat, after })}`);
export const post = (from, chat, text, attachments = []) => ask('messages', { from, chat, text, attachments });
export const moveClock = to => ask('clock', to);

// fileMax is the largest file that can be posted, in bytes.
export const fileMax = 23 << 20;

// mediaKind is what a chat network takes a file for.
export function mediaKind(type) {
  const family = type.split('/')[0];
  if (family === 'image' && type !== 'image/svg+xml') return 'image';
  return { audio: 'voice', video: 'video' }[family] ?? 'file';
}

export const base64 = file => new Promise((done, failed) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result.slice(reader.result.indexOf(',') + 1));
  reader.onerror = () => failed(reader.error);
  reader.readAsDataURL(file);
});

// listen keeps the stream open while the page is seen: browsers allow only a
// few connections to one host, and each window takes one.
export function listen({ open, lost, message, clock }) {
  let stream, again;
  const connect = () => {
    clearTimeout(again);
    stream?.close();
    stream = new EventSource(base + 'events');
    stream.onopen = open;
    stream.onerror = () => {
      lost();
      if (stream.readyState === EventSource.CLOSED) again = setTimeout(connect, 2000);
    };
    stream.addEventListener('message', e => message(JSON.parse(e.data)));
    stream.addEventListener('clock', e => clock(JSON.parse(e.data).now));
  };
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) { clearTimeout(again); stream?.close(); } else connect();
  });
  connect();
}
