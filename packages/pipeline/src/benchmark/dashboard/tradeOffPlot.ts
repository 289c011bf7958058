import type { BenchmarkResults } from '../benchmarkResults.js';
import { shown } from '../measures.js';
import { isDisqualified } from '../runFlags.js';
import { xAxis, yAxis } from './axis.js';
import { mark } from './mark.js';
import type { Plot } from './plot.js';
import { linearScale, logScale } from './scale.js';
import { element, line } from './svg.js';

const LEFT = 40;
const BOTTOM = 260;

/** What steadiness cost: the share of jitter that is left over the share of the picture that is left, one mark a run. */
export function tradeOffPlot({ runs, estimators }: BenchmarkResults, width: number): Plot {
  const right = width - 16;
  const points = runs.filter(({ figures }) => figures.jitterRatio !== null && figures.jitterRatio > 0);
  const labels = estimators.map(({ label }) => label);
  const parts: string[] = [];
  if (points.length > 0) {
    const ratios = points.map(({ figures }) => figures.jitterRatio as number);
    const crops = points.map(({ figures }) => figures.cropping);
    const x = linearScale(Math.min(...crops), Math.max(...crops), LEFT, right, 4);
    const y = logScale(Math.min(...ratios), Math.max(1, ...ratios), BOTTOM, 8);
    parts.push(xAxis(x, 8, BOTTOM, 'cropping: share of width and height left'), yAxis(y, LEFT, right));
    const place = (run: (typeof points)[number]) =>
      [x(run.figures.cropping), y(run.figures.jitterRatio as number)] as const;
    for (const file of new Set(points.map((run) => run.file))) {
      const own = points.filter((run) => run.file === file).map(place);
      for (const [i, [px, py]] of own.entries())
        if (i > 0) parts.push(line(own[i - 1][0], own[i - 1][1], px, py, 'link'));
    }
    for (const run of points) {
      const [px, py] = place(run);
      const { file, estimator, figures, flags } = run;
      const text = `${file}, ${estimator}: ${shown(figures.jitterRatio, 3)} of the jitter at ${shown(figures.cropping, 3)} of the picture`;
      if (isDisqualified(flags)) parts.push(element('circle', { cx: px, cy: py, r: 8, class: 'ring' }));
      parts.push(mark(labels.indexOf(estimator), px, py, 4.5, text));
    }
  }
  return {
    title: 'Jitter left, and picture left',
    caption:
      'Jitter after over jitter before (logarithmic), against cropping. Down and right is better; a line joins the runs of one clip.',
    width,
    height: BOTTOM + 34,
    body: parts.join(''),
  };
}
