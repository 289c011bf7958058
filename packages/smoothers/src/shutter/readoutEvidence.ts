import { parameterRadius } from '@gimbal/core/geometry';
import type { StepSeries } from './stepSeries.js';

/** What one step says of the readout: accelerations, and the shear and stretch that a rolling shutter makes of them. */
export interface ReadoutEvidence {
  /** Pixels per interval squared: the speed at the end of the step less that at its beginning. */
  readonly accelerationX: number;
  readonly accelerationY: number;
  readonly shiftX: number;
  readonly shiftY: number;
  /** Shear ∂x/∂y + ∂y/∂x and stretch ∂y/∂y − ∂x/∂x over the height of the frame, in pixels. */
  readonly shear: number;
  readonly stretch: number;
  /** Height over width. */
  readonly aspect: number;
}

/** Steps on either side that must be known too, so that the acceleration is. */
const AROUND = 2;

/**
 * A row at y (a share of the height from the middle) is seen later by readout · y. Over one step the difference of the speeds at its ends, the
 * acceleration a, therefore moves it by readout · y · a more than the middle row: ∂x/∂y = readout · aₓ / height, ∂y/∂y likewise.
 * With columns read one after the other it is ∂x/∂x and ∂y/∂x.
 */
export function readoutEvidence(series: StepSeries): ReadoutEvidence[] {
  const { size, moments, parameters, known } = series;
  const count = known.length;
  const factor = (2 * size.height) / parameterRadius(size);
  const speed = [0, 1].map((k) => speeds(series, k));
  const evidence: ReadoutEvidence[] = [];
  for (let i = AROUND; i < count - AROUND; i++) {
    let usable = known[i] === 2;
    for (let k = -AROUND; k <= AROUND; k++) usable &&= known[i + k] > 0 && moments[i + k + 1] - moments[i + k] < 1.5;
    if (!usable) continue;
    evidence.push({
      accelerationX: speed[0][i + 1] - speed[0][i],
      accelerationY: speed[1][i + 1] - speed[1][i],
      shiftX: parameters[i * 8],
      shiftY: parameters[i * 8 + 1],
      shear: factor * parameters[i * 8 + 5],
      stretch: -factor * parameters[i * 8 + 4],
      aspect: size.height / size.width,
    });
  }
  return evidence;
}

/** Slopes at the frames of the natural cubic spline through the summed parameter `k`; steps that are not known count as standing still. */
function speeds({ moments, parameters, known }: StepSeries, k: number): Float64Array {
  const n = moments.length;
  const slopes = new Float64Array(n);
  const upper = new Float64Array(n);
  // Repeated pictures share their moment: one equation for all of them.
  let previous = -1;
  const rows: number[] = [];
  for (let i = 0; i < n; i++) if (i === 0 || moments[i] > moments[i - 1]) rows.push(i);
  for (const [r, i] of rows.entries()) {
    const before = r > 0 ? moments[i] - moments[rows[r - 1]] : 0;
    const after = r + 1 < rows.length ? moments[rows[r + 1]] - moments[i] : 0;
    const stepBefore = r > 0 ? meanSpeed(i - 1, before) : 0;
    const stepAfter = r + 1 < rows.length ? meanSpeed(rows[r + 1] - 1, after) : 0;
    const low = before > 0 ? 1 / before : 0;
    const high = after > 0 ? 1 / after : 0;
    let diagonal = 2 * (low + high);
    let right = 3 * (stepBefore * low + stepAfter * high);
    if (previous >= 0) {
      diagonal -= low * upper[previous];
      right -= low * slopes[previous];
    }
    upper[i] = diagonal > 0 ? high / diagonal : 0;
    slopes[i] = diagonal > 0 ? right / diagonal : 0;
    previous = i;
  }
  for (let r = rows.length - 2; r >= 0; r--) slopes[rows[r]] -= upper[rows[r]] * slopes[rows[r + 1]];
  for (let i = 1; i < n; i++) if (moments[i] === moments[i - 1]) slopes[i] = slopes[i - 1];
  return slopes;

  function meanSpeed(step: number, elapsed: number): number {
    return known[step] > 0 ? parameters[step * 8 + k] / elapsed : 0;
  }
}
