import type { BenchmarkResults } from '../benchmarkResults.js';
import { coverage } from '../resultsText.js';
import { jitterPlot } from './jitterPlot.js';
import { DESK, HALF, type Plot, sheet } from './plot.js';
import { outcomePlots, qualityPlots, speedPlots } from './plots.js';
import { LIGHT, standaloneStyle } from './theme.js';

/** A picture that stands alone: its file name without ending, and an SVG document. */
export interface Sheet {
  readonly name: string;
  readonly svg: string;
}

/** The main plots as pictures that stand alone, on a light page. */
export function sheets(results: BenchmarkResults): Sheet[] {
  const labels = results.estimators.map(({ label }) => label);
  const subtitle = `${coverage(results.headToHead.overall)} Gimbal ${results.gimbal}, ${results.created.slice(0, 10)}.`;
  const style = standaloneStyle(LIGHT);
  const page = (title: string, drawn: readonly Plot[], columns: number) =>
    sheet({ title, subtitle, labels }, drawn, columns, style, LIGHT.surface);
  return [
    { name: 'clips', svg: page('Jitter, clip by clip', [jitterPlot(results, DESK)], 1) },
    { name: 'quality', svg: page('Quality by category', qualityPlots(results, HALF), 2) },
    {
      name: 'outcome',
      svg: page('Outcome and speed', [...outcomePlots(results, HALF), ...speedPlots(results, HALF)], 2),
    },
  ];
}
