// The room's time. It is shown as it stands on the room's wall, whatever zone
// the browser is in.

import { t } from './words.js';

const offset = iso => {
  const m = iso.match(/([+-])(\d\d):(\d\d)$/);
  return m ? (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3])) * 60000 : 0;
};

// parts takes a time apart as the wall shows it.
export function parts(iso) {
  const d = new Date(Date.parse(iso) + offset(iso));
  return { y: d.getUTCFullYear(), m: d.getUTCMonth() + 1, d: d.getUTCDate(), w: d.getUTCDay(), local: d.toISOString().slice(0, 16) };
}

export const hour = iso => parts(iso).local.slice(11);
export const dayKey = iso => parts(iso).local.slice(0, 10);

export function fullDay(iso) {
  const p = parts(iso);
  return `${t('date', p.y, p.m, p.d)} ${t('weekday')[p.w]}`;
}

export function shortDay(iso) {
  const p = parts(iso);
  return `${t('short', p.m, p.d)} ${t('weekday')[p.w]}`;
}

// sinceDay names a day as somebody at the time now would.
export function sinceDay(iso, now) {
  const days = Math.round((Date.parse(dayKey(now)) - Date.parse(dayKey(iso))) / 86400000);
  if (days === 0) return t('today');
  if (days === 1) return t('yesterday');
  return parts(iso).y === parts(now).y ? shortDay(iso) : fullDay(iso);
}

// Clock runs on from the last time the room said.
export class Clock {
  #at = 0; #since = 0; #offset = 0;

  set(iso) { this.#at = Date.parse(iso); this.#offset = offset(iso); this.#since = performance.now(); }

  // jumped reports whether a time said by the room is not where we were.
  jumped(iso) { return Math.abs(Date.parse(iso) - Date.parse(this.now())) > 2000; }

  now() { return this.iso(this.#at + performance.now() - this.#since); }

  // iso writes an instant in the room's zone.
  iso(ms) {
    const o = Math.abs(this.#offset) / 60000, two = n => String(n).padStart(2, '0');
    return new Date(ms + this.#offset).toISOString().slice(0, 19) + (this.#offset < 0 ? '-' : '+') + two(Math.floor(o / 60)) + ':' + two(o % 60);
  }

  // fromLocal reads a datetime-local field as the room's wall time.
  fromLocal(value) { return this.iso(Date.parse(`${value.slice(0, 16)}:00Z`) - this.#offset); }
}
