import { mark } from './mark.js';
import { element, escaped, label } from './svg.js';

/** A drawing with the words that belong to it. */
export interface Plot {
  readonly title: string;
  /** How it is to be read, in a sentence or two. */
  readonly caption: string;
  readonly width: number;
  readonly height: number;
  /** SVG elements, without the `svg` around them. */
  readonly body: string;
}

/** Width of a plot that fits a phone, in CSS pixels. */
export const PHONE = 316;
/** Width of one of two plots side by side on a desk. */
export const HALF = 496;
/** Width of a plot over the whole page of a desk. */
export const DESK = 1040;

/** The drawing as an SVG element of a page, which brings the rules for its classes. */
export function inlineSvg({ title, width, height, body }: Plot, className?: string): string {
  return element(
    'svg',
    {
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-label': title,
      class: className,
      style: `max-width:${width}px`,
    },
    body,
  );
}

/** Rough width of a text of 12 pixels: enough to keep labels apart. */
export function textWidth(text: string, size = 12): number {
  return text.length * size * 0.56;
}

/** A text shortened to fit. */
export function fitted(text: string, width: number, size = 12): string {
  const most = Math.max(Math.floor(width / (size * 0.56)), 2);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** One entry for each estimator (and for the original), as many to a line as there is room for. */
export function legend(labels: readonly string[], width: number, original: boolean): { body: string; height: number } {
  const entries = [
    ...labels.map((name, i) => ({ name, draw: (x: number, y: number) => mark(i, x, y, 5, '') })),
    ...(original
      ? [
          {
            name: 'original',
            draw: (x: number, y: number) => element('circle', { cx: x, cy: y, r: 4.5, class: 'before' }),
          },
        ]
      : []),
  ];
  let x = 0;
  let y = 10;
  const drawn: string[] = [];
  for (const { name, draw } of entries) {
    const shortened = fitted(name, width - 30);
    const wide = 16 + textWidth(shortened) + 18;
    if (x > 0 && x + wide > width) {
      x = 0;
      y += 20;
    }
    drawn.push(draw(x + 6, y), label(x + 16, y + 4, shortened));
    x += wide;
  }
  return { body: drawn.join(''), height: y + 12 };
}

/** Sans-serif fonts that systems come with: not every renderer knows which one is meant by `sans-serif`. */
const FONTS =
  'Inter, Segoe UI, Helvetica Neue, Noto Sans, DejaVu Sans, Liberation Sans, Arial, Helvetica, Verdana, sans-serif';

/** A whole SVG document with some plots side by side, title above and captions below each. */
export function sheet(
  { title, subtitle, labels }: { title: string; subtitle: string; labels: readonly string[] },
  plots: readonly Plot[],
  columns: number,
  style: string,
  page: string,
): string {
  const margin = 28;
  const gap = 28;
  const columnWidth = Math.max(...plots.map(({ width }) => width));
  const width = 2 * margin + columns * columnWidth + (columns - 1) * gap;
  const key = legend(labels, width - 2 * margin, true);
  const parts = [
    element(
      'text',
      { x: margin, y: margin + 14, class: 'ink', style: 'font-size:20px;font-weight:600' },
      escaped(title),
    ),
    label(margin, margin + 36, fitted(subtitle, width - 2 * margin), { className: 'muted' }),
    element('g', { transform: `translate(${margin} ${margin + 52})` }, key.body),
  ];
  let y = margin + 52 + key.height + 14;
  for (let i = 0; i < plots.length; i += columns) {
    const row = plots.slice(i, i + columns);
    for (const [column, plot] of row.entries()) {
      const x = margin + column * (columnWidth + gap);
      parts.push(
        label(x, y + 12, plot.title, { className: 'strong' }),
        element('g', { transform: `translate(${x} ${y + 24})` }, plot.body),
      );
    }
    y += 24 + Math.max(...row.map(({ height }) => height)) + 22;
  }
  const height = Math.ceil(y + margin - 22);
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      'font-family': FONTS,
    },
    `<style>${style}</style>`,
    element('rect', { width, height, fill: page }),
    ...parts,
  );
}
