import { expect } from 'vitest';
import { soundAndPicture } from './soundAndPicture.js';

/** What a clip must be like: 3 s at 30 frames a second with a chirp, unless told. */
export interface Expected {
  readonly frames?: number;
  readonly frameRate?: number;
  /** Seconds of sound, which tells its own moment. */
  readonly sound?: number;
  /** Seconds by which sound may be early or late, and by which picture and sound may have a hole. */
  readonly tolerance?: number;
}

/** Every picture is there and in its place, and so is every moment of the sound. */
export function expectInSync(file: string, expected: Expected = {}): void {
  const { frames = 90, frameRate = 30, sound = 3, tolerance = 0.08 } = expected;
  const { times, moments, longestPicture } = soundAndPicture(file);
  expect.soft(times.length, 'pictures').toBe(frames);
  expect.soft(longestPicture, 'the longest picture').toBeLessThan(1 / frameRate + tolerance);
  expect.soft(moments.length, 'measurements of the sound').toBeGreaterThan((sound - 0.3) / 0.128);
  expect.soft(moments.at(-1)?.moment ?? 0, 'the last moment that is heard').toBeGreaterThan(sound - 0.25);
  for (const { time, moment } of moments) {
    // Picture k of the original is shown at times[k] and was taken at k / frameRate.
    const index = Math.min(Math.max(0, Math.round(moment * frameRate)), times.length - 1);
    const shown = times[index] + moment - index / frameRate;
    expect
      .soft(Math.abs(shown - time), `moment ${moment.toFixed(2)} is heard at ${time.toFixed(2)}`)
      .toBeLessThan(tolerance);
  }
}
