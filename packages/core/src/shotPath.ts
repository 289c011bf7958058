import { type Breather, createBreather } from './breather.js';
import type { CameraPath } from './cameraPath.js';
import { type ClipMotion, globalHomography, type Shot } from './clipMotion.js';
import { type Homography, identityHomography } from './geometry/homography.js';
import { homographyArray } from './geometry/homographyArray.js';
import { homographyToParameters, parametersToHomography } from './geometry/motionParameters.js';

/** Below this confidence a step is bridged from its neighbours rather than believed. */
const TRUSTED = 0.2;

/** Seconds beyond which a stretch without evidence counts as standing still rather than as going on. */
const LONGEST_BRIDGE = 0.5;

/** Motion between distinct frames in parameters per second, and for which of them there is evidence. Flat, as clips may be long. */
interface Velocities {
  readonly values: Float64Array;
  readonly known: Uint8Array;
}

/** A shot's camera path over its distinct frames, and how each frame of the shot maps onto one of them. */
export interface ShotPath {
  readonly path: CameraPath;
  /** Exact frame-to-frame homographies between the distinct frames (`path.times.length − 1`). */
  readonly steps: readonly Homography[];
  /** For every frame of the shot its position in the path: a repeated frame shares its predecessor's. */
  readonly position: Int32Array;
}

/**
 * Sums a shot's motions up to a path. Repeated frames are left out, so that they get the very correction of the frame they repeat;
 * steps without evidence take the speed of their neighbours.
 */
export async function shotPath(
  motion: ClipMotion,
  shot: Shot,
  breathe: Breather = createBreather(),
): Promise<ShotPath> {
  const count = shot.end - shot.start;
  const position = new Int32Array(count);
  const times = [motion.times[shot.start]];
  const velocity: Velocities = { values: new Float64Array((count - 1) * 8), known: new Uint8Array(count - 1) };
  const confidence = [1];
  for (let k = 1; k < count; k++) {
    if (k % 8 === 0) await breathe();
    const step = motion.steps[shot.start + k - 1];
    if (step.verdict === 'duplicate') {
      position[k] = times.length - 1;
      continue;
    }
    const time = motion.times[shot.start + k];
    const parameters = homographyToParameters(globalHomography(step), motion.size);
    const trusted = parameters !== undefined && step.confidence >= TRUSTED;
    const elapsed = time - times[times.length - 1];
    const at = times.length - 1;
    if (trusted) for (let i = 0; i < 8; i++) velocity.values[at * 8 + i] = parameters[i] / elapsed;
    velocity.known[at] = trusted ? 1 : 0;
    confidence.push(trusted ? step.confidence : 0);
    position[k] = times.length;
    times.push(time);
  }
  bridge(velocity, times);
  return { ...(await sumUp(velocity, times, confidence, motion, breathe)), position };
}

async function sumUp(
  { values, known }: Velocities,
  times: number[],
  confidence: number[],
  motion: ClipMotion,
  breathe: Breather,
): Promise<Omit<ShotPath, 'position'>> {
  const parameters = new Float64Array(times.length * 8);
  const steps = homographyArray(times.length - 1);
  const increment = new Float64Array(8);
  for (let t = 1; t < times.length; t++) {
    if (t % 8 === 0) await breathe();
    const elapsed = times[t] - times[t - 1];
    for (let i = 0; i < 8; i++) {
      increment[i] = values[(t - 1) * 8 + i] * elapsed;
      parameters[t * 8 + i] = parameters[(t - 1) * 8 + i] + increment[i];
    }
    if (known[t - 1]) parametersToHomography(increment, motion.size, steps[t - 1]);
    else steps[t - 1].set(identityHomography());
  }
  return {
    path: { size: motion.size, times: Float64Array.from(times), parameters, confidence: Float64Array.from(confidence) },
    steps,
  };
}

/** Fills short gaps with the straight line between the velocities on both sides; long ones stay empty, and zero. */
function bridge({ values, known }: Velocities, times: number[]): void {
  const count = times.length - 1;
  let i = 0;
  while (i < count) {
    if (known[i]) {
      i++;
      continue;
    }
    let end = i;
    while (end < count && !known[end]) end++;
    const before = i > 0 ? i - 1 : end;
    const after = end < count ? end : i - 1;
    if ((i > 0 || end < count) && times[end] - times[i] <= LONGEST_BRIDGE) {
      for (let k = i; k < end; k++) {
        const share = (k - i + 1) / (end - i + 1);
        for (let p = 0; p < 8; p++) {
          values[k * 8 + p] = (1 - share) * values[before * 8 + p] + share * values[after * 8 + p];
        }
        known[k] = 1;
      }
    }
    i = end;
  }
}
