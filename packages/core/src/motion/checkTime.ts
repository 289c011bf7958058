import { GimbalError } from '../errors.js';
import type { Frame } from '../frame/frame.js';

/**
 * Checks that a frame is the one that was measured before: the motion of another clip would shake the picture instead of steadying it.
 * @param frame `undefined` where the clip has no more.
 * @param expected Seconds.
 * @throws GimbalError `GIMBAL_E_MOTION_FILE`
 */
export function checkTime(frame: Pick<Frame, 'time'> | undefined, expected: number, index: number): void {
  if (frame !== undefined && Math.abs(frame.time - expected) <= 1e-3) return;
  throw new GimbalError(
    'GIMBAL_E_MOTION_FILE',
    frame === undefined
      ? `The motion expects frame ${index} at ${expected.toFixed(3)} s, the clip has only ${index}: it belongs to another clip.`
      : `Frame ${index} of the clip is at ${frame.time.toFixed(3)} s, the motion expects it at ${expected.toFixed(3)} s: it belongs to another clip.`,
  );
}
