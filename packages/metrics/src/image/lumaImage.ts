import { type Frame, GimbalError, type HostFrame, type Size } from '@gimbal/core';

/** Luma of a picture as numbers: 0 black, 255 white, whatever the frame's bit depth and range; values beyond are kept. */
export interface LumaImage extends Size {
  readonly data: Float32Array;
}

/** Code values of black and of white in a frame's luma samples. */
export function lumaRange(frame: HostFrame): {
  readonly black: number;
  readonly white: number;
  readonly shift: number;
} {
  const { bitDepth, shift } = frame.format;
  if (frame.fullRange) return { black: 0, white: 2 ** bitDepth - 1, shift };
  return { black: 16 * 2 ** (bitDepth - 8), white: 235 * 2 ** (bitDepth - 8), shift };
}

/** One row of luma samples as stored (16-bit words little-endian, not yet shifted down). */
export function lumaRow(frame: HostFrame, y: number): Uint8Array | Uint16Array {
  const { data, stride, width, bytesPerSample } = frame.planes[0];
  const start = data.byteOffset + y * stride;
  if (bytesPerSample === 1) return new Uint8Array(data.buffer, start, width);
  if (start % 2 === 0) return new Uint16Array(data.buffer, start, width);
  return new Uint16Array(data.slice(y * stride, y * stride + 2 * width).buffer);
}

/**
 * A frame that lies in host memory.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` otherwise.
 */
export function hostFrame(frame: Frame): HostFrame {
  if (frame.memory === 'host') return frame;
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    'The measures read pixels in host memory; the frame lies on a CUDA device. Open the source with host frames.',
  );
}

/** A frame's luma, shrunk to `size` by averaging over each target pixel's area. Sizes above the frame's own repeat pixels. */
export function lumaImage(frame: HostFrame, size: Size): LumaImage {
  const { black, white, shift } = lumaRange(frame);
  const gain = 255 / (white - black) / 2 ** shift;
  const offset = black * 2 ** shift;
  return areaResize(frame, size, (y) => lumaRow(frame, y), gain, offset);
}

/** An image shrunk by averaging over each target pixel's area. */
export function shrinkImage(image: LumaImage, size: Size): LumaImage {
  return areaResize(image, size, (y) => image.data.subarray(y * image.width, (y + 1) * image.width), 1, 0);
}

function areaResize(
  from: Size,
  to: Size,
  row: (y: number) => ArrayLike<number>,
  gain: number,
  offset: number,
): LumaImage {
  const data = new Float32Array(to.width * to.height);
  const columns = Array.from({ length: to.width }, (_, x) => cover(x, from.width / to.width, from.width));
  const line = new Float64Array(to.width);
  const sums = new Float64Array(to.width);
  let have = -1;
  for (let y = 0; y < to.height; y++) {
    const rows = cover(y, from.height / to.height, from.height);
    sums.fill(0);
    for (let k = rows.first; k <= rows.last; k++) {
      if (k !== have) averageColumns(row(k), columns, line);
      have = k;
      const weight = rows.weight(k);
      for (let x = 0; x < to.width; x++) sums[x] += weight * line[x];
    }
    for (let x = 0; x < to.width; x++) data[y * to.width + x] = (sums[x] - offset) * gain;
  }
  return { width: to.width, height: to.height, data };
}

interface Cover {
  readonly first: number;
  readonly last: number;
  /** Weights of the first and the last source pixel and of those between; they sum to 1. */
  readonly head: number;
  readonly tail: number;
  readonly middle: number;
  weight(k: number): number;
}

/** The source pixels under target pixel `i`. */
function cover(i: number, scale: number, length: number): Cover {
  const start = i * scale;
  const end = Math.min(start + scale, length);
  const first = Math.floor(start + 1e-9);
  const last = Math.min(Math.max(Math.ceil(end - 1e-9) - 1, first), length - 1);
  const span = end - start;
  const head = first === last ? 1 : (first + 1 - start) / span;
  const tail = first === last ? 1 : (end - last) / span;
  const middle = 1 / span;
  return { first, last, head, tail, middle, weight: (k) => (k === first ? head : k === last ? tail : middle) };
}

function averageColumns(source: ArrayLike<number>, columns: readonly Cover[], line: Float64Array): void {
  for (let x = 0; x < columns.length; x++) {
    const { first, last, head, tail, middle } = columns[x];
    if (first === last) {
      line[x] = source[first];
      continue;
    }
    let sum = 0;
    for (let k = first + 1; k < last; k++) sum += source[k];
    line[x] = head * source[first] + middle * sum + tail * source[last];
  }
}
