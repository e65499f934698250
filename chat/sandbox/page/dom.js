// Makes parts of the page.

// el makes an element: el('p', 'note', 'text' or children…).
export function el(tag, name, ...children) {
  const e = document.createElement(tag);
  if (name) e.className = name;
  e.append(...children.filter(c => c !== null && c !== undefined));
  return e;
}

// button makes a button that does something.
export function button(name, does, ...children) {
  const b = el('button', name, ...children);
  b.type = 'button';
  b.addEventListener('click', does);
  return b;
}

// redraw puts new parts into a box. Somebody who goes by keyboard stays at the
// button where he was.
export function redraw(box, ...parts) {
  const at = [...box.querySelectorAll('button, summary')].indexOf(document.activeElement);
  box.replaceChildren(...parts);
  if (at >= 0) box.querySelectorAll('button, summary')[at]?.focus({ preventScroll: true });
}
