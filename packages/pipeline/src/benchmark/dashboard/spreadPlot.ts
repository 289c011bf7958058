import type { Quartiles } from '@gimbal/metrics';
import type { HeadToHead, Scope } from '../headToHead.js';
import { type Measure, shown } from '../measures.js';
import { xAxis } from './axis.js';
import { mark } from './mark.js';
import { fitted, type Plot } from './plot.js';
import { linearScale, logScale } from './scale.js';
import { element, hint, label, line } from './svg.js';
import { seriesClass } from './theme.js';

const LEFT = 104;
const LANE = 14;

/** Median and quartiles of one measure: a row for all clips and one for each category, a lane for each estimator. */
export function spreadPlot(comparison: HeadToHead, measure: Measure, labels: readonly string[], width: number): Plot {
  const scopes =
    comparison.categories.length > 1 ? [comparison.overall, ...comparison.categories] : [comparison.overall];
  const rowHeight = labels.length * LANE + 16;
  const bottom = scopes.length * rowHeight + 4;
  const right = width - 14;
  const scale = scaleOf(scopes, measure, right);
  const parts = scale === undefined ? [] : [xAxis(scale, 0, bottom, measure.unit)];
  for (const [row, scope] of scopes.entries()) {
    const top = row * rowHeight;
    const { estimators, original, clips } = scope.measures[measure.key];
    const name = scope.category ?? 'All clips';
    if (row > 0) parts.push(line(0, top, right, top, 'grid'));
    parts.push(
      label(0, top + rowHeight / 2, fitted(name, LEFT - 12), { className: row === 0 ? 'strong' : 'ink' }),
      label(0, top + rowHeight / 2 + 14, `${clips} of ${scope.of}`, { className: 'small' }),
    );
    if (scale === undefined) continue;
    for (const [i, estimator] of labels.entries()) {
      const spread = estimators[estimator];
      if (spread === null) continue;
      const y = top + 8 + LANE * (i + 0.5);
      const { lower, median, upper } = spread;
      const text = `${name}, ${estimator}: median ${shown(median, measure.digits)}, quartiles ${shown(lower, measure.digits)} to ${shown(upper, measure.digits)}, ${spread.count} clips`;
      parts.push(
        line(scale(lower), y, scale(upper), y, `${seriesClass(i)} whisker`),
        mark(i, scale(median), y, 4.5, text),
      );
    }
    if (original) {
      const at = { cx: scale(original.median), cy: top + rowHeight / 2, r: 4.5, class: 'before' };
      parts.push(element('circle', at, hint(`${name}, original: ${shown(original.median, measure.digits)}`)));
    }
  }
  return {
    title: measure.label,
    caption: `${measure.better === 'lower' ? 'Further left' : 'Further right'} is better. Marks are medians, bars reach from quartile to quartile.`,
    width,
    height: bottom + (measure.unit === '' ? 20 : 34),
    body: parts.join(''),
  };
}

function scaleOf(scopes: readonly Scope[], measure: Measure, right: number) {
  const spreads = scopes.flatMap(({ measures }) => {
    const { estimators, original } = measures[measure.key];
    const own = Object.values(estimators).filter((spread): spread is Quartiles => spread !== null);
    return [...own.flatMap(({ lower, upper }) => [lower, upper]), ...(original ? [original.median] : [])];
  });
  if (spreads.length === 0) return undefined;
  const [least, max] = [Math.min(...spreads), Math.max(...spreads)];
  const min = Math.min(least, max - (measure.leastSpan ?? 0));
  // Jitter spans decades: a halving should look the same wherever it happens.
  return measure.better === 'lower' && min > 0 && max > 4 * min
    ? logScale(min, max, LEFT, right)
    : linearScale(min, max, LEFT, right, 4);
}
