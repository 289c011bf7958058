import os from 'node:os';
import { GimbalError, type PixelFormat, type Plane, type Size } from '@gimbal/core';
import { nativeCall } from '../addon/nativeCall.js';
import { loadAddon } from '../addon.js';
import { type FloatPlane, floatPlane } from './floatPlane.js';
import { nativePlane } from './nativePlane.js';

/** Options that every operation on a plane takes. */
export interface PlaneOperationOptions {
  /** Threads to use; all the machine's unless told. */
  readonly threads?: number | undefined;
  /** Where to put the result, so that a loop allocates nothing; a new plane unless given. */
  readonly into?: FloatPlane | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Area resize (box filter) of a plane of one channel to at most its own size. The result is in 8-bit units (0..255) at any depth.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a size that is not 1×1 to the plane's own, or a plane that does not fit its data.
 */
export async function resizeArea(
  source: Plane,
  format: Pick<PixelFormat, 'bitDepth' | 'shift'>,
  size: Size,
  options: PlaneOperationOptions = {},
): Promise<FloatPlane> {
  const target = destination(size, options.into);
  await nativeCall(
    () => loadAddon().resizeArea(nativePlane(source), format.bitDepth, format.shift, target, threadsOf(options)),
    options.signal,
  );
  return target;
}

/**
 * One step of a Gaussian pyramid: [1 4 6 4 1]/16 along both axes, edges mirrored (BORDER_REFLECT_101), every second sample. The
 * result has half the size, rounded up. Burt and Adelson, The Laplacian Pyramid as a Compact Image Code, 1983.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT`.
 */
export async function pyramidDown(source: FloatPlane, options: PlaneOperationOptions = {}): Promise<FloatPlane> {
  const size = { width: (source.width + 1) >> 1, height: (source.height + 1) >> 1 };
  const target = destination(size, options.into);
  await nativeCall(() => loadAddon().pyramidDown(source, target, threadsOf(options)), options.signal);
  return target;
}

function destination({ width, height }: Size, into: FloatPlane | undefined): FloatPlane {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1;
  if (!whole || (into !== undefined && (into.width !== width || into.height !== height))) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `The result has ${width}×${height} samples, at least 1×1 and whole; ` +
        `the plane to put it into ${into === undefined ? 'was not given' : `has ${into.width}×${into.height}`}.`,
    );
  }
  return into ?? floatPlane(width, height);
}

function threadsOf(options: PlaneOperationOptions): number {
  return options.threads ?? os.availableParallelism();
}
