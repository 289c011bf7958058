import { type Breather, createBreather } from './breather.js';
import type { CameraPath } from './cameraPath.js';
import { type ClipMotion, globalHomography, type Shot } from './clipMotion.js';
import { type Homography, identityHomography } from './geometry/homography.js';
import { homographyToParameters, parametersToHomography } from './geometry/motionParameters.js';

/** Below this confidence a step is bridged from its neighbours rather than believed. */
const TRUSTED = 0.2;

/** Seconds beyond which a stretch without evidence counts as standing still rather than as going on. */
const LONGEST_BRIDGE = 0.5;

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
  const velocity: (Float64Array | undefined)[] = [];
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
    velocity.push(trusted ? parameters.map((value) => value / elapsed) : undefined);
    confidence.push(trusted ? step.confidence : 0);
    position[k] = times.length;
    times.push(time);
  }
  bridge(velocity, times);
  return { ...(await sumUp(velocity, times, confidence, motion, breathe)), position };
}

async function sumUp(
  velocity: (Float64Array | undefined)[],
  times: number[],
  confidence: number[],
  motion: ClipMotion,
  breathe: Breather,
): Promise<Omit<ShotPath, 'position'>> {
  const parameters = new Float64Array(times.length * 8);
  const steps: Homography[] = [];
  for (let t = 1; t < times.length; t++) {
    if (t % 8 === 0) await breathe();
    const elapsed = times[t] - times[t - 1];
    const increment = velocity[t - 1]?.map((value) => value * elapsed);
    for (let i = 0; i < 8; i++) parameters[t * 8 + i] = parameters[(t - 1) * 8 + i] + (increment?.[i] ?? 0);
    steps.push(increment === undefined ? identityHomography() : parametersToHomography(increment, motion.size));
  }
  return {
    path: { size: motion.size, times: Float64Array.from(times), parameters, confidence: Float64Array.from(confidence) },
    steps,
  };
}

/** Fills short gaps with the straight line between the velocities on both sides; long ones stay empty. */
function bridge(velocity: (Float64Array | undefined)[], times: number[]): void {
  let i = 0;
  while (i < velocity.length) {
    if (velocity[i] !== undefined) {
      i++;
      continue;
    }
    let end = i;
    while (end < velocity.length && velocity[end] === undefined) end++;
    const before = velocity[i - 1];
    const after = velocity[end];
    if ((before ?? after) !== undefined && times[end] - times[i] <= LONGEST_BRIDGE) {
      for (let k = i; k < end; k++) {
        const share = (k - i + 1) / (end - i + 1);
        velocity[k] = Float64Array.from(
          { length: 8 },
          (_, p) => (1 - share) * (before ?? after)![p] + share * (after ?? before)![p],
        );
      }
    }
    i = end;
  }
}
