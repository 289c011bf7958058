import type { Homography } from '@gimbal/core';

/**
 * What is known of the motion from one frame to the next: the homography (previous → current), or that the scene changed (`cut`),
 * or that the motion could not be measured (`lost`).
 */
export type MotionStep = Homography | 'cut' | 'lost';

export function isMeasured(step: MotionStep): step is Homography {
  return typeof step !== 'string';
}

/** The steps between cuts, shot by shot; empty shots are left out. */
export function stepsByShot(steps: readonly MotionStep[]): Exclude<MotionStep, 'cut'>[][] {
  const shots: Exclude<MotionStep, 'cut'>[][] = [[]];
  for (const step of steps) {
    if (step === 'cut') shots.push([]);
    else shots[shots.length - 1].push(step);
  }
  return shots.filter((shot) => shot.length > 0);
}
