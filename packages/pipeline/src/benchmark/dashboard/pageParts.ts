import type { ReportTable } from '../resultsText.js';
import { mark } from './mark.js';
import { HALF, inlineSvg, PHONE, type Plot } from './plot.js';
import { element, escaped } from './svg.js';

/** A table that scrolls sideways where it does not fit; `words` sets it for reading, not for comparing numbers. */
export function htmlTable({ head, rows }: ReportTable, words = false): string {
  const cell = (text: string) =>
    text.startsWith('failed') ? `<td class="warn">${escaped(text)}</td>` : `<td>${escaped(text)}</td>`;
  const heading = head.map((text) => `<th scope="col">${escaped(text)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('');
  const table = `<table${words ? ' class="words"' : ''}><thead><tr>${heading}</tr></thead><tbody>${body}</tbody></table>`;
  return `<div class="scroll">${table}</div>`;
}

export function htmlList(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;
}

/** A plot on a card, drawn once for a desk and once for a phone, with its title above and how to read it below. */
export function card(desk: Plot, phone: Plot): string {
  const drawn = `${inlineSvg(desk, 'desk')}${inlineSvg(phone, 'phone')}`;
  return `<figure class="card"><h3>${escaped(desk.title)}</h3>${drawn}<figcaption class="note">${escaped(desk.caption)}</figcaption></figure>`;
}

/** The mark of the n-th estimator by itself. */
export function markIcon(index: number): string {
  return element('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true' }, mark(index, 8, 8, 5.5, ''));
}

/** Which mark means which estimator. */
export function key(labels: readonly string[]): string {
  const before = element(
    'svg',
    { viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    element('circle', { cx: 8, cy: 8, r: 5, class: 'before' }),
  );
  const entries = labels.map((name, i) => `<span>${markIcon(i)}${escaped(name)}</span>`);
  return `<div class="key">${entries.join('')}<span>${before}original</span></div>`;
}

/** Several such cards, side by side where there is room. */
export function cards(draw: (width: number) => readonly Plot[]): string {
  const phone = draw(PHONE);
  return `<div class="plots">${draw(HALF)
    .map((plot, i) => card(plot, phone[i]))
    .join('')}</div>`;
}
