// An evaluation as the rows of a table.
import type { CornerJitter } from '../cornerJitter.js';
import type { StabilityScore } from '../stabilityScore.js';
import type { BandDisplacement } from '../wobble/wobbleMeter.js';
import type { Evaluation } from './evaluation.js';

/** One line of a table. */
export interface EvaluationRow {
  readonly label: string;
  /** What the original has; empty for what concerns both clips. */
  readonly before: string;
  readonly after: string;
  readonly unit: string;
}

/** An evaluation as rows of text for a table, in a fixed order; what has no value says why. */
export function describeEvaluation(evaluation: Evaluation): EvaluationRow[] {
  const { original, stabilized, cropping, distortion, borders, frames } = evaluation;
  const row = (label: string, before: string, after: string | number, unit = ''): EvaluationRow => ({
    label,
    before,
    after: typeof after === 'number' ? after.toFixed(3) : after,
    unit,
  });
  const jitter = (label: string, which: 'median' | 'rms') =>
    row(label, jitterText(original.jitter, which), jitterText(stabilized.jitter, which), 'px at 640');
  const stability = (definition: string, which: keyof typeof original.stability) =>
    row(
      `Stability, ${definition}`,
      stabilityText(original.stability[which]),
      stabilityText(stabilized.stability[which]),
    );
  return [
    jitter('Jitter, median', 'median'),
    jitter('Jitter, RMS', 'rms'),
    row(
      'Jitter, median, second judge',
      jitterText(original.secondJitter, 'median'),
      jitterText(stabilized.secondJitter, 'median'),
      'px at 640',
    ),
    row('Wobble', numberText(original.wobble.hf), numberText(stabilized.wobble.hf), 'px at 640'),
    row('Wobble by frequency', bandsText(original.wobble.bands), bandsText(stabilized.wobble.bands), BAND_UNIT),
    row('Shake by frequency', bandsText(original.steadiness.bands), bandsText(stabilized.steadiness.bands), BAND_UNIT),
    stability('bundled-min', 'bundledMin'),
    stability('dif2021', 'dif2021'),
    stability('path-min', 'pathMin'),
    row('Picture kept (cropping ratio)', '', (100 * cropping).toFixed(1), '%'),
    row('Distortion, eigenvalues, min', '', distortion.eigenvalue.min),
    row('Distortion, eigenvalues, 5th percentile', '', distortion.eigenvalue.p5),
    row('Distortion, singular values, min', '', distortion.singular.min),
    row('Distortion, singular values, 5th percentile', '', distortion.singular.p5),
    row('Local distortion, 95th percentile', '', numberText(distortion.local)),
    row('Frames with a black border', '', (100 * borders.frameShare).toFixed(1), '%'),
    row('Largest black border', '', (100 * borders.largest).toFixed(2), '% of the area'),
    row('Frames matched', '', `${frames.matched} of ${frames.original}`),
    row('Pairs lost', String(original.lostPairs), String(stabilized.lostPairs)),
    row('Cuts', String(original.cuts), String(stabilized.cuts)),
  ];
}

const BAND_UNIT = 'px at 640; 0.5–1.5, 1.5–4, 4–8, 8–15 Hz';

function numberText(value: number | null): string {
  return value === null ? 'not measured' : value.toFixed(3);
}

function bandsText(bands: BandDisplacement | null): string {
  return bands === null ? 'not measured' : bands.map((value) => (value === null ? '–' : value.toFixed(2))).join(' ');
}

function jitterText(jitter: CornerJitter, which: 'median' | 'rms'): string {
  return jitter.status === 'measured' ? jitter[which].toFixed(3) : 'too short';
}

function stabilityText(score: StabilityScore): string {
  if (score.status === 'measured') return score.score.toFixed(3);
  return { static: 'static', 'too-short': 'too short', diverged: 'none (path folds)' }[score.status];
}
