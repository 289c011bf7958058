import type { StepSeries } from './stepSeries.js';

/** (r/f)² is at most this for lenses that still make straight lines straight. */
const MOST = 0.5;
const SIGNIFICANT = 3;
const ROUNDS = 8;

/**
 * How much perspective comes with translation. A camera that turns by a small angle moves the middle of the picture by f · angle and a point at x by
 * x²/f · angle more: with x in parameter radii r, perspective = (r/f)² · translation. Found by robust regression; 0 where nothing is sure.
 */
export function perspectiveOf(shots: readonly StepSeries[]): readonly [number, number] {
  return [slope(shots, 0), slope(shots, 1)];
}

function slope(shots: readonly StepSeries[], axis: number): number {
  const x: number[] = [];
  const y: number[] = [];
  for (const { parameters, known } of shots) {
    for (let i = 0; i < known.length; i++) {
      if (known[i] < 2) continue;
      x.push(parameters[i * 8 + axis]);
      y.push(parameters[i * 8 + 6 + axis]);
    }
  }
  if (x.length < 30) return 0;
  const weights = x.map(() => 1);
  let [value, sigma] = [0, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round++) {
    let [xx, xy, rr, total] = [0, 0, 0, 0];
    for (let i = 0; i < x.length; i++) {
      xx += weights[i] * x[i] * x[i];
      xy += weights[i] * x[i] * y[i];
    }
    if (!(xx > 0)) return 0;
    value = xy / xx;
    const off = x.map((own, i) => Math.abs(y[i] - value * own));
    const scale = 1.4826 * off.slice().sort((a, b) => a - b)[off.length >> 1] + 1e-9;
    for (let i = 0; i < x.length; i++) {
      weights[i] = Math.min(1, (1.345 * scale) / Math.max(off[i], 1e-12));
      rr += weights[i] * off[i] * off[i];
      total += weights[i];
    }
    sigma = Math.sqrt(rr / Math.max(total - 1, 1) / xx);
  }
  return value > SIGNIFICANT * sigma ? Math.min(value, MOST) : 0;
}
