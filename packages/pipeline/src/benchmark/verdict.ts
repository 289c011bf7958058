import type { BenchmarkResults } from './benchmarkResults.js';
import { measureOf, shown } from './measures.js';

/** What a benchmark comes to, in one sentence: who leaves the least jitter, on how many clips, and what of it. */
export function verdict({ headToHead, estimators, failures }: BenchmarkResults): string {
  const labels = estimators.map(({ label }) => label);
  const { clips, of, measures, wins } = headToHead.overall;
  if (clips === 0) {
    return labels.length === 1
      ? `${labels[0]} finished none of ${counted(of)}.`
      : 'No clip was finished by every estimator, so there is nothing to compare.';
  }
  const { digits } = measureOf('jitterOut');
  const { estimators: jitter, original } = measures.jitterOut;
  const median = (label: string) => shown(jitter[label]?.median, digits);
  const failed = failures.length === 0 ? '' : `; ${failures.length} ${failures.length === 1 ? 'run' : 'runs'} failed`;
  if (labels.length === 1) {
    const [only] = labels;
    if (jitter[only] === null || original == null) return `${only} finished ${clips} of ${counted(of)}${failed}.`;
    const kept = shown(100 * (measures.cropping.estimators[only]?.median ?? Number.NaN), 1);
    return `${only} takes the jitter of the median clip from ${shown(original.median, digits)} to ${median(only)} px and keeps ${kept} % of width and height, over ${counted(clips)}${failed}.`;
  }
  const won = wins.jitterOut.wins;
  const ranked = labels.toSorted((a, b) => won[b] - won[a]);
  const [best, next] = ranked;
  const medians = ranked.map((label) => `${label} ${median(label)}`).join(', ');
  const left = `median jitter ${medians} px`;
  if (won[best] > won[next]) {
    return `${best} leaves the least jitter: it wins ${won[best]} of ${counted(clips)} (${left})${failed}.`;
  }
  const equal = ranked.filter((label) => won[label] === won[best]);
  const score =
    won[best] === 0
      ? 'nobody wins a clip by jitter'
      : `${equal.join(' and ')} win ${won[best]} each of ${counted(clips)} by jitter`;
  return `No estimator is ahead: ${score} (${left})${failed}.`;
}

function counted(clips: number): string {
  return `${clips} ${clips === 1 ? 'clip' : 'clips'}`;
}
