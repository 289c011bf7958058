import { GimbalError } from '../errors.js';
import type { HostFrame } from './frame.js';

/** What {@link grayFrame} is told beside the samples. */
export interface GrayFrameOptions {
  /** Zero-based position in the clip; default 0. Estimators tell frames apart by the frame itself, not by this. */
  readonly index?: number | undefined;
  /** Seconds; default 0. */
  readonly time?: number | undefined;
  /** Significant bits of 16-bit samples, 9 to 16; default 16. */
  readonly bitDepth?: number | undefined;
  /** Samples from one row to the next; default `width`. */
  readonly stride?: number | undefined;
}

/**
 * A gray picture of your own as a frame, to hand to an estimator: full range, row by row from the top left. The samples are not copied.
 * Closing the frame does nothing; a picture whose samples change needs a new frame.
 * @param data `Uint8Array` (or `Uint8ClampedArray`) for 8 bits a sample, `Uint16Array` for more.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for samples of another type, a size that is not whole and positive, or too few samples.
 */
export function grayFrame(
  data: Uint8Array | Uint8ClampedArray | Uint16Array,
  width: number,
  height: number,
  { index = 0, time = 0, bitDepth, stride = width }: GrayFrameOptions = {},
): HostFrame {
  const deep = data instanceof Uint16Array;
  if (!deep && !(data instanceof Uint8Array) && !(data instanceof Uint8ClampedArray)) {
    throw invalid(`Expected gray samples as a Uint8Array or a Uint16Array, received ${typeOf(data)}.`);
  }
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
    throw invalid(`A frame needs a width and a height of whole pixels, received ${width}×${height}.`);
  }
  const needed = stride * (height - 1) + width;
  if (!(Number.isInteger(stride) && stride >= width) || data.length < needed) {
    throw invalid(
      `A gray frame of ${width}×${height} with ${stride} samples a row needs at least ${needed} of them, received ${data.length}.`,
    );
  }
  const bits = deep ? (bitDepth ?? 16) : 8;
  if (deep ? !(Number.isInteger(bits) && bits >= 9 && bits <= 16) : (bitDepth ?? 8) !== 8) {
    throw invalid(
      `Samples of a ${typeOf(data)} have ${deep ? '9 to 16 bits' : '8 bits'}, received bitDepth ${bitDepth}.`,
    );
  }
  const bytesPerSample = deep ? 2 : 1;
  const frame: HostFrame = {
    memory: 'host',
    width,
    height,
    format: {
      name: bits === 8 ? 'gray' : `gray${bits}le`,
      layout: 'planar',
      chroma: false,
      bitDepth: bits,
      shift: 0,
      chromaShiftX: 0,
      chromaShiftY: 0,
    },
    planes: [
      {
        data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
        width,
        height,
        stride: stride * bytesPerSample,
        channels: 1,
        bytesPerSample,
      },
    ],
    time,
    index,
    fullRange: true,
    clone: () => frame,
    close: () => undefined,
  };
  return frame;
}

function typeOf(value: unknown): string {
  return value === null || typeof value !== 'object' ? String(value) : value.constructor.name;
}

function invalid(message: string): GimbalError {
  return new GimbalError('GIMBAL_E_INVALID_ARGUMENT', message);
}
