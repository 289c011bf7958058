import type { CornerJitter } from './cornerJitter.js';
import type { Evaluation } from './evaluation.js';
import type { StabilityScore } from './stabilityScore.js';

/** One line of a table. */
export interface EvaluationRow {
  readonly label: string;
  readonly value: string;
  readonly unit: string;
}

/** An evaluation as rows of text for a table, in a fixed order; what has no value says why. */
export function describeEvaluation(evaluation: Evaluation): EvaluationRow[] {
  const { original, stabilized, cropping, distortion, borders, frames } = evaluation;
  const row = (label: string, value: string | number, unit = ''): EvaluationRow => ({
    label,
    value: typeof value === 'number' ? value.toFixed(3) : value,
    unit,
  });
  return [
    row('Jitter in, median', jitterText(original.jitter, 'median'), 'px at 640'),
    row('Jitter out, median', jitterText(stabilized.jitter, 'median'), 'px at 640'),
    row('Jitter in, RMS', jitterText(original.jitter, 'rms'), 'px at 640'),
    row('Jitter out, RMS', jitterText(stabilized.jitter, 'rms'), 'px at 640'),
    row('Stability in, bundled-min', stabilityText(original.stability.bundledMin)),
    row('Stability out, bundled-min', stabilityText(stabilized.stability.bundledMin)),
    row('Stability in, dif2021', stabilityText(original.stability.dif2021)),
    row('Stability out, dif2021', stabilityText(stabilized.stability.dif2021)),
    row('Stability in, path-min', stabilityText(original.stability.pathMin)),
    row('Stability out, path-min', stabilityText(stabilized.stability.pathMin)),
    row('Cropping ratio', cropping),
    row('Distortion, eigenvalues, min', distortion.eigenvalue.min),
    row('Distortion, eigenvalues, 5th percentile', distortion.eigenvalue.p5),
    row('Distortion, singular values, min', distortion.singular.min),
    row('Distortion, singular values, 5th percentile', distortion.singular.p5),
    row('Frames with a black border', (100 * borders.frameShare).toFixed(1), '%'),
    row('Largest black border', (100 * borders.largest).toFixed(2), '% of the area'),
    row('Frames matched', `${frames.matched} of ${frames.original}`),
    row('Pairs lost, in and out', `${original.lostPairs}, ${stabilized.lostPairs}`),
    row('Cuts', `${original.cuts}`),
  ];
}

function jitterText(jitter: CornerJitter, which: 'median' | 'rms'): string {
  return jitter.status === 'measured' ? jitter[which].toFixed(3) : 'too short';
}

function stabilityText(score: StabilityScore): string {
  if (score.status === 'measured') return score.score.toFixed(3);
  return { static: 'static', 'too-short': 'too short', diverged: 'none (path folds)' }[score.status];
}
