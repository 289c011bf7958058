import { type Frame, GimbalError, type PixelFormat, type Size } from '@gimbal/core';
import { devicePlane } from './devicePlane.js';
import { type NativePlane, nativePlane } from './nativePlane.js';
import { type PlaneShape, planeLayout } from './planeLayout.js';

const invalid = (message: string) => new GimbalError('GIMBAL_E_INVALID_ARGUMENT', message);

/**
 * A frame's planes as the addon wants them, once they are known to be those of its size and format.
 * @param ordinal The device whose frames are accepted beside those in host memory, if any.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` saying what does not belong together.
 */
export function framePlanes(frame: Frame, ordinal: number | undefined): NativePlane[] {
  if (frame.memory === 'cuda' && ordinal === undefined) {
    throw invalid('The renderer computes on the CPU and takes frames in host memory; this one lies on a CUDA device.');
  }
  const planes =
    frame.memory === 'host' ? frame.planes : frame.planes.map((array) => devicePlane(array, ordinal as number));
  const wanted = layoutOf(frame);
  const fits = wanted.every((shape, i) => {
    const plane = planes[i];
    return (
      plane !== undefined &&
      plane.width === shape.width &&
      plane.height === shape.height &&
      plane.channels === shape.channels
    );
  });
  if (!fits || planes.length !== wanted.length) {
    throw invalid(
      `A ${frame.width}×${frame.height} ${frame.format.name} frame has planes of ${wanted.map(sizeText).join(', ')}, ` +
        `received ${planes.map(sizeText).join(', ')}.`,
    );
  }
  return planes.map(nativePlane);
}

/** The layout of the frames last seen of each format: a clip's are all alike. */
const layouts = new WeakMap<PixelFormat, Size & { readonly planes: readonly PlaneShape[] }>();

function layoutOf({ format, width, height }: Frame): readonly PlaneShape[] {
  const last = layouts.get(format);
  if (last?.width === width && last.height === height) return last.planes;
  const planes = planeLayout(format, { width, height });
  layouts.set(format, { width, height, planes });
  return planes;
}

function sizeText(plane: { width: number; height: number; channels: number }): string {
  return `${plane.width}×${plane.height}×${plane.channels}`;
}
