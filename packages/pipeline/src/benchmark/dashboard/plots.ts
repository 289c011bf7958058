import type { BenchmarkResults } from '../benchmarkResults.js';
import { measureOf } from '../measures.js';
import { medianBars, winsBars } from './barPlots.js';
import type { Plot } from './plot.js';
import { spreadPlot } from './spreadPlot.js';
import { tradeOffPlot } from './tradeOffPlot.js';

/** Who won, and at what price. */
export function outcomePlots(results: BenchmarkResults, width: number): Plot[] {
  const labels = results.estimators.map(({ label }) => label);
  return [...(labels.length > 1 ? [winsBars(results.headToHead, labels, width)] : []), tradeOffPlot(results, width)];
}

/** How good the outputs are, category by category. */
export function qualityPlots({ headToHead, estimators }: BenchmarkResults, width: number): Plot[] {
  const labels = estimators.map(({ label }) => label);
  const keys = ['jitterOut', 'stabilityOut', 'cropping', 'distortion'] as const;
  return keys.map((key) => spreadPlot(headToHead, measureOf(key), labels, width));
}

/** How fast, and how costly. */
export function speedPlots({ headToHead, estimators }: BenchmarkResults, width: number): Plot[] {
  const labels = estimators.map(({ label }) => label);
  const keys = ['pairsPerSecond', 'framesPerSecond', 'cpuMsPerFrame', 'peakMiB'] as const;
  return keys.map((key) => medianBars(headToHead, measureOf(key), labels, width));
}
