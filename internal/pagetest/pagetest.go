// Package pagetest holds what the tests of all pages share: the browser, and what
// they look at in it.
package pagetest

// Contrasts lists the visible texts whose colour stands out less than 4.5 to 1
// (WCAG 2.2 AA) from what is behind them.
const Contrasts = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = color => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const over = ([r, g, b, a], under) => [r, g, b].map((c, i) => c * a / 255 + under[i] * (1 - a / 255));
  const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const behind = e => e ? over(rgba(getComputedStyle(e).backgroundColor), behind(e.parentElement)) : [255, 255, 255];
  const bad = [];
  const look = (e, color, text) => {
    const back = behind(e), front = over(rgba(color), back).map((c, i) => c * see(e) + back[i] * (1 - see(e)));
    const [a, b] = [light(front), light(back)].sort((x, y) => y - x), ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) bad.push(text.trim().slice(0, 20) + ' (' + (e.id || e.className || e.tagName) + ') ' + ratio.toFixed(2));
  };
  const see = e => e ? getComputedStyle(e).opacity * see(e.parentElement) : 1;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; n = walk.nextNode();) {
    const e = n.parentElement;
    if (n.data.trim() && e.checkVisibility({visibilityProperty: true}) && !e.closest('.unseen, script, noscript')) look(e, getComputedStyle(e).color, n.data);
  }
  for (const e of document.querySelectorAll('[placeholder]')) if (e.checkVisibility()) look(e, getComputedStyle(e, '::placeholder').color, e.placeholder);
  return [...new Set(bad)].join('\n');
})()`
