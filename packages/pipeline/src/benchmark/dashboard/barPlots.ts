import type { HeadToHead } from '../headToHead.js';
import { DECIDING, type Measure, shown } from '../measures.js';
import { xAxis } from './axis.js';
import { mark } from './mark.js';
import { fitted, type Plot, textWidth } from './plot.js';
import { linearScale } from './scale.js';
import { element, hint, label, line } from './svg.js';
import { seriesClass } from './theme.js';

const BAR = 16;

/** The median of one measure over all clips as a bar for each estimator, with its quartiles. */
export function medianBars({ overall }: HeadToHead, measure: Measure, labels: readonly string[], width: number): Plot {
  const { estimators } = overall.measures[measure.key];
  const most = Math.max(0, ...labels.map((name) => estimators[name]?.upper ?? 0));
  const right = width - 14;
  const scale = linearScale(0, most, 0, right - 44);
  const rowHeight = 46;
  const bottom = labels.length * rowHeight + 4;
  const parts = most > 0 ? [xAxis(scale, 4, bottom, measure.unit)] : [];
  for (const [i, name] of labels.entries()) {
    const top = i * rowHeight + 8;
    const spread = estimators[name];
    parts.push(mark(i, 6, top + 5, 4.5, ''), label(16, top + 9, fitted(name, right - 80)));
    if (spread === null) {
      parts.push(label(right, top + 9, 'no figure', { anchor: 'end', className: 'small' }));
      continue;
    }
    const y = top + 17;
    const text = `${name}: median ${shown(spread.median, measure.digits)} ${measure.unit}, quartiles ${shown(spread.lower, measure.digits)} to ${shown(spread.upper, measure.digits)}`;
    parts.push(
      element(
        'rect',
        { x: 0, y, width: Math.max(scale(spread.median), 1), height: BAR, rx: 2, class: `${seriesClass(i)} pale` },
        hint(text),
      ),
      line(scale(spread.lower), y + BAR / 2, scale(spread.upper), y + BAR / 2, `${seriesClass(i)} whisker`),
      label(scale(spread.upper) + 8, y + BAR / 2 + 4, shown(spread.median, measure.digits), { className: 'strong' }),
    );
  }
  const better = measure.better === 'lower' ? 'Shorter is better.' : 'Longer is better.';
  return {
    title: measure.label,
    caption: `${better} Bars and numbers are medians over the clips, lines reach from quartile to quartile.`,
    width,
    height: bottom + 34,
    body: parts.join(''),
  };
}

/** How many clips each estimator won, one bar a measure. */
export function winsBars({ overall }: HeadToHead, labels: readonly string[], width: number): Plot {
  const rowHeight = 46;
  const parts: string[] = [];
  for (const [row, { key, label: name }] of DECIDING.entries()) {
    const { wins, draws, none } = overall.wins[key];
    const top = row * rowHeight;
    parts.push(label(0, top + 14, name));
    const shares = [
      ...labels.map((estimator, i) => ({
        count: wins[estimator],
        name: estimator,
        className: `${seriesClass(i)} pale`,
      })),
      { count: draws, name: 'draw', className: 'even' },
      { count: none, name: 'nobody', className: 'even' },
    ].filter(({ count }) => count > 0);
    let x = 0;
    for (const share of shares) {
      const wide = (share.count / Math.max(overall.clips, 1)) * width;
      const words = `${share.count} ${share.name}`;
      const inside = [words, String(share.count)].find((text) => textWidth(text) < wide - 8) ?? '';
      parts.push(
        element(
          'rect',
          { x: x + 0.5, y: top + 20, width: Math.max(wide - 1, 1), height: 19, rx: 2, class: share.className },
          hint(`${name}: ${words}`),
        ),
        label(x + 6, top + 34, inside),
      );
      x += wide;
    }
  }
  return {
    title: 'Clips won',
    caption:
      'A clip is won by a clear margin only (see the method). A run whose crop collapsed, that shows a black border or that is shakier than its original wins nothing.',
    width,
    height: DECIDING.length * rowHeight,
    body: parts.join(''),
  };
}
