// Smooths the path of one shot and gives its corrections: rounds of smoothing, budget and relinearization.
import type { Homography } from '../geometry/homography.js';
import { homographyArray } from '../geometry/homographyArray.js';
import { invertInto, multiplyInto } from '../geometry/matrixFunctions.js';
import { homographyToParameters, parametersToHomography } from '../geometry/motionParameters.js';
import type { CameraPath } from '../path/cameraPath.js';
import { checkedSmooth } from '../path/checkedSmooth.js';
import type { ShotPath } from '../path/shotPath.js';
import type { Smoother, SmoothOptions } from '../path/smoother.js';
import { nextTurn } from '../run/nextTurn.js';
import { attenuateToBudget } from './attenuateToBudget.js';
import type { CropBudget } from './cropBudget.js';

/** Rounds of relinearization. On the research clips the second changed the planned median jitter by up to 0.03 px; a third was not tried. */
const ROUNDS = 2;

/** What is to be done to each distinct frame of a shot. */
export interface ShotCorrections {
  /** Output pixel → source pixel, before any crop or zoom. */
  readonly corrections: readonly Homography[];
  /** Their logarithms: eight parameters a frame, as in a CameraPath. */
  readonly parameters: Float64Array;
}

/**
 * Smooths a shot's path and gives the corrections that lead onto it. A path is a sum of logarithms and homographies do not commute, so the
 * corrected motion differs from the smooth one in second order. Each round measures that difference exactly, adds it to the path, and
 * smooths again. An abort takes effect between two rounds.
 * @throws GimbalError what {@link checkedSmooth} throws.
 */
export async function shotCorrections(
  shot: ShotPath,
  smoother: Smoother,
  budget: CropBudget,
  options: SmoothOptions = {},
): Promise<ShotCorrections> {
  let path = shot.path;
  const corrections = homographyArray(path.times.length);
  const parameters = new Float64Array(path.times.length * 8);
  for (let round = 0; ; round++) {
    // The first answer is changed most by the next. Of the second a draft is not enough: what it lacks ends up in the last.
    const draft = round === 0;
    if (options.signal !== undefined) await nextTurn(); // What aborts it may come as an event.
    const smoothed = attenuateToBudget(
      path,
      await checkedSmooth(smoother, path, budget, { ...options, draft }),
      budget,
    );
    for (let t = 0; t < path.times.length; t++) {
      for (let i = t * 8; i < t * 8 + 8; i++) parameters[i] = path.parameters[i] - smoothed.parameters[i];
      parametersToHomography(parameters.subarray(t * 8, t * 8 + 8), path.size, corrections[t]);
    }
    if (round === ROUNDS) return { corrections, parameters };
    path = relinearized(path, smoothed, corrections, shot.steps);
  }
}

function relinearized(
  path: CameraPath,
  smoothed: CameraPath,
  corrections: readonly Homography[],
  steps: readonly Homography[],
): CameraPath {
  const parameters = path.parameters.slice();
  const drift = new Float64Array(8);
  const [inverse, moved, corrected] = Array.from({ length: 3 }, () => new Float64Array(9));
  for (let t = 1; t < path.times.length; t++) {
    const invertible = invertInto(inverse, corrections[t]);
    multiplyInto(moved, inverse, steps[t - 1]);
    multiplyInto(corrected, moved, corrections[t - 1]);
    const actual = invertible ? homographyToParameters(corrected, path.size) : undefined;
    for (let i = 0; i < 8; i++) {
      const wanted = smoothed.parameters[t * 8 + i] - smoothed.parameters[(t - 1) * 8 + i];
      if (actual !== undefined) drift[i] += actual[i] - wanted;
      parameters[t * 8 + i] += drift[i];
    }
  }
  return { ...path, parameters };
}
