import { type CameraPath, GimbalError, PARAMETERS_PER_FRAME } from '@gimbal/core';

/** Throws `GIMBAL_E_INVALID_ARGUMENT` unless times rise strictly and every parameter is a finite number. */
export function checkPath(path: CameraPath): void {
  const { times, parameters, confidence } = path;
  if (parameters.length !== times.length * PARAMETERS_PER_FRAME || confidence.length !== times.length) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `A path of ${times.length} frames needs ${times.length * PARAMETERS_PER_FRAME} parameters and ${times.length} confidences, received ${parameters.length} and ${confidence.length}.`,
    );
  }
  for (let i = 0; i < times.length; i++) {
    if (!Number.isFinite(times[i]) || (i > 0 && times[i] <= times[i - 1])) {
      throw new GimbalError(
        'GIMBAL_E_INVALID_ARGUMENT',
        `Time stamps of a path must be finite and rise strictly, but frame ${i} has ${times[i]} after ${times[i - 1]}; leave out repeated frames.`,
      );
    }
  }
  const bad = parameters.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `Parameter ${bad % PARAMETERS_PER_FRAME} of frame ${Math.trunc(bad / PARAMETERS_PER_FRAME)} is ${parameters[bad]}; a camera path takes finite numbers, so leave out steps that have none.`,
    );
  }
}
