import type { Scale } from './scale.js';
import { label, line } from './svg.js';

/** A number of an axis: no more digits than it needs. */
export function tickText(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Vertical grid lines over the drawing and their numbers below; numbers that would touch are left out. */
export function xAxis(scale: Scale, top: number, bottom: number, unit: string, numbersAbove = false): string {
  let free = Number.NEGATIVE_INFINITY;
  const parts: string[] = [];
  for (const tick of scale.ticks) {
    const x = scale(tick);
    parts.push(line(x, top, x, bottom, 'grid'));
    const text = tickText(tick);
    const half = text.length * 3.3;
    if (x - half < free) continue;
    free = x + half + 6;
    parts.push(label(x, bottom + 14, text, { anchor: 'middle', className: 'small' }));
    if (numbersAbove) parts.push(label(x, top - 5, text, { anchor: 'middle', className: 'small' }));
  }
  const middle = (scale(scale.from) + scale(scale.to)) / 2;
  if (unit !== '') parts.push(label(middle, bottom + 29, unit, { anchor: 'middle', className: 'small' }));
  return parts.join('');
}

/** Horizontal grid lines with their numbers to the left. */
export function yAxis(scale: Scale, left: number, right: number): string {
  return scale.ticks
    .map((tick) => {
      const y = scale(tick);
      return (
        line(left, y, right, y, 'grid') + label(left - 6, y + 4, tickText(tick), { anchor: 'end', className: 'small' })
      );
    })
    .join('');
}
