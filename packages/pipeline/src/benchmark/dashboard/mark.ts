import { element, hint } from './svg.js';
import { SERIES, seriesClass } from './theme.js';

/** The mark of the n-th estimator: a colour and a shape, so that it is also told apart without colours. */
export function mark(index: number, x: number, y: number, radius: number, title: string): string {
  const className = `${seriesClass(index)} mark`;
  const r = radius;
  const children = title === '' ? [] : [hint(title)];
  const shape = (index + Math.floor(index / SERIES)) % 4;
  if (shape === 0) return element('circle', { cx: x, cy: y, r, class: className }, ...children);
  const points: readonly (readonly [number, number])[] =
    shape === 1
      ? [
          [0, -1.25],
          [1.25, 0],
          [0, 1.25],
          [-1.25, 0],
        ]
      : shape === 2
        ? [
            [-0.9, -0.9],
            [0.9, -0.9],
            [0.9, 0.9],
            [-0.9, 0.9],
          ]
        : [
            [0, -1.2],
            [1.15, 0.85],
            [-1.15, 0.85],
          ];
  const path = points.map(([dx, dy], i) => `${i === 0 ? 'M' : 'L'}${fixed(x + r * dx)} ${fixed(y + r * dy)}`).join('');
  return element('path', { d: `${path}Z`, class: className }, ...children);
}

function fixed(value: number): string {
  return String(Math.round(value * 100) / 100);
}
