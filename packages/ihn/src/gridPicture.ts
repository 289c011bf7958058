import { type Frame, GimbalError, type HostFrame, type Plane } from '@gimbal/core';
import { type FloatPlane, resizeArea } from '@gimbal/native';
import { gradients } from './likeness.js';

/** Pixels along either side of the picture that the networks see, whatever the frame's size. */
export const GRID = 128;

/** What is kept of a frame besides its features. */
export interface GridPicture {
  /** Luma 0..1, `GRID × GRID`, row by row: what the networks see. */
  readonly gray: Float32Array;
  /** One sample of the frame as it is for each of them, in grey levels 0..255: what tells a repeated frame. */
  readonly samples: Float32Array;
  /** Standard deviation of `gray` in grey levels. */
  readonly deviation: number;
  /** `gray` at half and at a quarter of the size, in grey levels. */
  readonly half: Float32Array;
  readonly quarter: Float32Array;
  readonly halfGradients: Float32Array;
}

/**
 * Looks at a frame's luma as the networks do: the whole frame, its width and height scaled independently.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a frame in device memory or a plane that does not fit its data.
 */
export async function gridPicture(frame: Frame, threads: number): Promise<GridPicture> {
  const luma = lumaOf(frame);
  const samples = pointSamples(frame as HostFrame, luma);
  const size = { width: Math.min(luma.width, GRID), height: Math.min(luma.height, GRID) };
  const levels = enlarged(await resizeArea(luma, frame.format, size, { threads }));
  const half = halved(levels, GRID);
  return {
    // White of 16 bit at full range lies a little above 255.
    gray: levels.map((level) => Math.min(level / 255, 1)),
    samples,
    deviation: standardDeviation(levels),
    half,
    quarter: halved(half, GRID / 2),
    halfGradients: gradients(half, GRID / 2),
  };
}

function lumaOf(frame: Frame): Plane {
  if (frame.memory !== 'host') {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `The learned estimator reads frames in host memory, received one in ${frame.memory} memory.`,
    );
  }
  const luma = frame.planes[0];
  const { data, width, height, stride, bytesPerSample } = luma;
  if (data.length < stride * (height - 1) + width * bytesPerSample) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `A luma plane of ${width}×${height} samples with rows ${stride} bytes apart is longer than its ${data.length} bytes.`,
    );
  }
  return luma;
}

/** The sample at the middle of each grid cell. */
function pointSamples({ format }: HostFrame, { data, width, height, stride, bytesPerSample }: Plane): Float32Array {
  const scale = 2 ** (8 - format.bitDepth);
  const columns = Array.from({ length: GRID }, (_, i) => Math.floor(((i + 0.5) * width) / GRID) * bytesPerSample);
  const samples = new Float32Array(GRID * GRID);
  for (let row = 0; row < GRID; row++) {
    const start = Math.floor(((row + 0.5) * height) / GRID) * stride;
    for (let col = 0; col < GRID; col++) {
      const at = start + columns[col];
      const word = bytesPerSample === 1 ? data[at] : data[at] | (data[at + 1] << 8);
      samples[row * GRID + col] = (word >> format.shift) * scale;
    }
  }
  return samples;
}

/** Frames narrower or lower than the grid: bilinear between pixel centres, edges repeated. */
function enlarged({ data, width, height }: FloatPlane): Float32Array {
  if (width === GRID && height === GRID) return data;
  const across = positions(width);
  const down = positions(height);
  const out = new Float32Array(GRID * GRID);
  for (let row = 0; row < GRID; row++) {
    const { at: y0, next: y1, fraction: fy } = down[row];
    for (let col = 0; col < GRID; col++) {
      const { at: x0, next: x1, fraction: fx } = across[col];
      const top = data[y0 * width + x0] * (1 - fx) + data[y0 * width + x1] * fx;
      const bottom = data[y1 * width + x0] * (1 - fx) + data[y1 * width + x1] * fx;
      out[row * GRID + col] = top * (1 - fy) + bottom * fy;
    }
  }
  return out;
}

function positions(length: number): { at: number; next: number; fraction: number }[] {
  return Array.from({ length: GRID }, (_, i) => {
    const x = Math.min(Math.max(((i + 0.5) * length) / GRID - 0.5, 0), length - 1);
    const at = Math.floor(x);
    return { at, next: Math.min(at + 1, length - 1), fraction: x - at };
  });
}

/** Means of 2 × 2. */
function halved(levels: Float32Array, side: number): Float32Array {
  const half = side / 2;
  return Float32Array.from({ length: half * half }, (_, i) => {
    const at = 2 * Math.floor(i / half) * side + 2 * (i % half);
    return (levels[at] + levels[at + 1] + levels[at + side] + levels[at + side + 1]) / 4;
  });
}

function standardDeviation(levels: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (const level of levels) {
    sum += level;
    squares += level * level;
  }
  const mean = sum / levels.length;
  return Math.sqrt(Math.max(squares / levels.length - mean * mean, 0));
}
