// What the page itself says, in both languages. What people and the bot say is
// never translated.
const words = {
  zh: {
    product: '方桌 · 试用', title: '方桌 · 试用', skip: '跳到输入框', other: 'EN', otherLabel: 'Switch to English',
    me: '我是', change: '换人', whoami: '我现在是谁？', close: '关闭', back: '返回会话', backTo: '返回会话列表',
    log: '聊天记录', quick: '快捷回复', say: '要说的话', placeholder: '说点什么…', send: '发送', attach: '发图片、语音或文件',
    tooLarge: name => `“${name}”太大了，这里发不了。`, attachment: { image: '图片', voice: '语音', video: '视频', file: '文件', location: '位置', card: '名片', other: '其他' },
    desk: '信访办工作台', tools: '时间和试一试', toolsShort: '试一试', clock: '这里的时间', hour: '+1小时', day: '+1天', when: '走到哪一刻', jump: '走到',
    moving: '时间正在往前走…', moved: n => n ? `到了。路上有 ${n} 条新消息。` : '到了。路上没有消息。', fixed: '这里的时间不能拨动。',
    try: '一分钟试一试', tryhint: '点一句，放进输入框再发。是别人的话，会自动换成那个人。', as: name => `换成${name}`, you: '就是现在的我',
    news: '新消息', hasNews: name => `${name} 有新消息`, moreNews: n => `另有 ${n} 处新消息`, look: '去看看', dismiss: '不看了',
    unread: n => `${n} 条未读`, private: '私聊，只有你和它看得到', group: (n, bot) => `${n} 人 · 叫 @${bot} 它才会回`,
    bot: name => `${name} · 信访办的机器人`, empty: '还没有消息', welcome: name => `您好，${name}！`,
    welcomeText: bot => `这里是试用间，没有真的微信。给${bot}发一句话，或者点下面一句试试：`,
    welcomeGroup: bot => `群里只有叫了 @${bot} 它才会回。提醒也会发到这里：把时间往前拨拨看。`,
    earlier: '更早的消息', more: '展开全文', less: '收起', typing: '对方正在输入…', offline: '连接断了，正在重连…',
    lost: '没有发出去，文字还在输入框里。', lostClock: '时间没有拨动。', today: '今天', yesterday: '昨天',
    weekday: ['周日', '周一', '周二', '周三', '周四', '周五', '周六'],
    date: (y, m, d) => `${y}年${m}月${d}日`, short: (m, d) => `${m}月${d}日`,
    role: { worker: '工人', staff: '信访办', liaison: '单位联络员', leader: '领导', discipline: '纪检', admin: '管理员' },
  },
  en: {
    product: 'Fangzhuo · demo', title: 'Fangzhuo · demo', skip: 'Skip to the message box', other: '中文', otherLabel: '切换到中文',
    me: 'I am', change: 'switch', whoami: 'Who am I now?', close: 'Close', back: 'Back to the chat', backTo: 'Back to the chats',
    log: 'Messages', quick: 'Quick replies', say: 'Your message', placeholder: 'Say something…', send: 'Send', attach: 'Send a picture, a recording or a file',
    tooLarge: name => `“${name}” is too large to be sent here.`, attachment: { image: 'Picture', voice: 'Voice', video: 'Video', file: 'File', location: 'Location', card: 'Contact', other: 'Other' },
    desk: 'Staff page', tools: 'Clock and things to try', toolsShort: 'Try', clock: 'The time in here', hour: '+1 hour', day: '+1 day', when: 'Move the clock to', jump: 'Go',
    moving: 'Time is passing…', moved: n => n ? `There. ${n} new message${n > 1 ? 's' : ''} on the way.` : 'There. No messages on the way.', fixed: 'This clock cannot be moved.',
    try: 'Try it in a minute', tryhint: 'Tap a line to put it into the message box, then send it. A line of somebody else makes you that person.', as: name => `become ${name}`, you: 'that is you now',
    news: 'New messages', hasNews: name => `News for ${name}`, moreNews: n => `News in ${n} more chats`, look: 'Look', dismiss: 'Dismiss',
    unread: n => `${n} unread`, private: 'Private: only you and the bot see it', group: (n, bot) => `${n} people · it answers only to @${bot}`,
    bot: name => `${name} · the petition office's bot`, empty: 'No messages yet', welcome: name => `Hello, ${name}!`,
    welcomeText: bot => `This is a demo room, without the real WeChat. Write to ${bot}, or tap a line to try:`,
    welcomeGroup: bot => `In a group the bot answers only when called @${bot}. Reminders come here too: move the clock and see.`,
    earlier: 'Earlier messages', more: 'Show all', less: 'Show less', typing: 'typing…', offline: 'Connection lost, trying again…',
    lost: 'Not sent; your text is still in the box.', lostClock: 'The clock did not move.', today: 'Today', yesterday: 'Yesterday',
    weekday: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
    date: (y, m, d) => `${d} ${month(m)} ${y}`, short: (m, d) => `${d} ${month(m)}`,
    role: { worker: 'Worker', staff: 'Petition office', liaison: 'Unit liaison', leader: 'Leader', discipline: 'Discipline', admin: 'Admin' },
  },
};

function month(m) { return ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][m - 1]; }

let language = remembered();

function remembered() {
  try { return localStorage.getItem('fangzhuo.language') === 'en' ? 'en' : 'zh'; } catch { return 'zh'; }
}

export const isEnglish = () => language === 'en';

export function switchLanguage() {
  language = isEnglish() ? 'zh' : 'en';
  try { localStorage.setItem('fangzhuo.language', language); } catch { /* not remembered, then */ }
}

// t says the word of a key; a word that needs figures is given them.
export function t(key, ...args) {
  const word = words[language][key];
  return typeof word === 'function' ? word(...args) : word;
}

// translate puts the words into the parts of the page that never change.
export function translate() {
  document.documentElement.lang = isEnglish() ? 'en' : 'zh-CN';
  document.title = t('title');
  for (const e of document.querySelectorAll('[data-t]')) e.textContent = t(e.dataset.t);
  for (const e of document.querySelectorAll('[data-t-label]')) e.setAttribute('aria-label', t(e.dataset.tLabel));
  for (const e of document.querySelectorAll('[data-t-placeholder]')) e.placeholder = t(e.dataset.tPlaceholder);
}
