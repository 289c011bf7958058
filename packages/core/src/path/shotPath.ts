// The camera path of one shot, summed up from the motion between its frames.
import { type Homography, identityHomography } from '../geometry/homography.js';
import { homographyArray } from '../geometry/homographyArray.js';
import { homographyToParameters, parametersToHomography } from '../geometry/motionParameters.js';
import { type ClipMotion, globalHomography, type Shot } from '../motion/clipMotion.js';
import type { CameraPath } from './cameraPath.js';

/** Below this confidence a step is bridged from its neighbours rather than believed. */
const TRUSTED = 0.2;

/** Seconds beyond which a stretch without evidence counts as standing still rather than as going on. */
const LONGEST_BRIDGE = 0.5;

/** Motion between frames in parameters per second, and for which of them there is evidence. Flat, as clips may be long. */
interface Velocities {
  readonly values: Float64Array;
  readonly known: Uint8Array;
}

/** A shot's camera path: one entry for every frame of the shot. */
export interface ShotPath {
  readonly path: CameraPath;
  /** Exact frame-to-frame homographies (`path.times.length − 1`). */
  readonly steps: readonly Homography[];
}

/**
 * Sums a shot's motions up to a path. The path stands still through a repeated frame, as its picture does, and makes up for it afterwards:
 * the smooth path goes on at the frame's own time, and the correction between the two takes the stutter out. Steps without
 * evidence take the speed of their neighbours.
 */
export function shotPath(motion: ClipMotion, shot: Shot): ShotPath {
  const count = shot.end - shot.start;
  const times = [motion.times[shot.start]];
  const velocity: Velocities = { values: new Float64Array((count - 1) * 8), known: new Uint8Array(count - 1) };
  const confidence = [1];
  for (let k = 1; k < count; k++) {
    const step = motion.steps[shot.start + k - 1];
    const time = motion.times[shot.start + k];
    const elapsed = time - times[k - 1];
    times.push(time);
    if (step.verdict === 'duplicate') {
      velocity.known[k - 1] = 1;
      confidence.push(1);
      continue;
    }
    const parameters = homographyToParameters(globalHomography(step), motion.size);
    const trusted = parameters !== undefined && step.confidence >= TRUSTED;
    if (trusted) for (let i = 0; i < 8; i++) velocity.values[(k - 1) * 8 + i] = parameters[i] / elapsed;
    velocity.known[k - 1] = trusted ? 1 : 0;
    confidence.push(trusted ? step.confidence : 0);
  }
  bridge(velocity, times);
  return sumUp(velocity, times, confidence, motion);
}

function sumUp({ values, known }: Velocities, times: number[], confidence: number[], motion: ClipMotion): ShotPath {
  const parameters = new Float64Array(times.length * 8);
  const steps = homographyArray(times.length - 1);
  const increment = new Float64Array(8);
  for (let t = 1; t < times.length; t++) {
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
