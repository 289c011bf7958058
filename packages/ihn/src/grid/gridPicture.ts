import { checkFrame, type Frame, GimbalError, type HostFrame, type Plane } from '@gimbal/core';
import { type FloatPlane, resizeArea } from '@gimbal/native';
import { gradients } from '../hypotheses/gradientCorrelation.js';

/** Pixels along either side of the picture that the networks see, whatever the frame's size. */
export const GRID = 128;

/** What is kept of a frame besides its features. */
export interface GridPicture {
  /** Luma in grey levels, `GRID × GRID`, row by row. */
  readonly levels: Float32Array;
  /** The same 0..1, in memory that the inference thread shares: what the networks see. */
  readonly gray: Float32Array;
  /** One sample of the frame as it is for each pixel, in grey levels: what tells a repeated frame. */
  readonly samples: Float32Array;
  /** `levels` at half and at a quarter of the size. */
  readonly half: Float32Array;
  readonly quarter: Float32Array;
  readonly halfGradients: Float32Array;
  /** Standard deviation of `levels`. */
  deviation: number;
}

function emptyPicture(): GridPicture {
  return {
    levels: new Float32Array(GRID * GRID),
    gray: new Float32Array(new SharedArrayBuffer(4 * GRID * GRID)),
    samples: new Float32Array(GRID * GRID),
    half: new Float32Array((GRID * GRID) / 4),
    quarter: new Float32Array((GRID * GRID) / 16),
    halfGradients: new Float32Array((GRID * GRID) / 2),
    deviation: 0,
  };
}

/**
 * Looks at a frame's luma as the networks do: the whole frame, its width and height scaled independently.
 * @param into A picture that is no longer used, to be painted over.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a frame in device memory or a plane that does not fit its data.
 */
export async function gridPicture(frame: Frame, threads: number, into = emptyPicture()): Promise<GridPicture> {
  const luma = lumaOf(frame);
  pointSamples(frame as HostFrame, luma, into.samples);
  const size = { width: Math.min(luma.width, GRID), height: Math.min(luma.height, GRID) };
  const fits = size.width === GRID && size.height === GRID;
  const plane = fits ? { ...size, data: into.levels } : undefined;
  const small = await resizeArea(luma, frame.format, size, { threads, into: plane });
  if (!fits) enlarge(small, into.levels);
  // White of 16 bit at full range lies a little above 255.
  for (let i = 0; i < into.gray.length; i++) into.gray[i] = Math.min(into.levels[i] / 255, 1);
  halve(into.levels, GRID, into.half);
  halve(into.half, GRID / 2, into.quarter);
  gradients(into.half, GRID / 2, into.halfGradients);
  into.deviation = standardDeviation(into.levels);
  return into;
}

function lumaOf(frame: Frame): Plane {
  checkFrame(frame, 'The frame', 'luma');
  if (frame.memory !== 'host') {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `The learned estimator reads frames in host memory, received one in ${frame.memory} memory.`,
    );
  }
  return frame.planes[0];
}

/** The sample at the middle of each grid cell. */
function pointSamples({ format }: HostFrame, luma: Plane, samples: Float32Array): void {
  const { data, width, height, stride, bytesPerSample } = luma;
  const scale = 2 ** (8 - format.bitDepth);
  const columns = Array.from({ length: GRID }, (_, i) => Math.floor(((i + 0.5) * width) / GRID) * bytesPerSample);
  for (let row = 0; row < GRID; row++) {
    const start = Math.floor(((row + 0.5) * height) / GRID) * stride;
    for (let col = 0; col < GRID; col++) {
      const at = start + columns[col];
      const word = bytesPerSample === 1 ? data[at] : data[at] | (data[at + 1] << 8);
      samples[row * GRID + col] = (word >> format.shift) * scale;
    }
  }
}

/** Frames narrower or lower than the grid: bilinear between pixel centres, edges repeated. */
function enlarge({ data, width, height }: FloatPlane, out: Float32Array): void {
  const across = positions(width);
  const down = positions(height);
  for (let row = 0; row < GRID; row++) {
    const { at: y0, next: y1, fraction: fy } = down[row];
    for (let col = 0; col < GRID; col++) {
      const { at: x0, next: x1, fraction: fx } = across[col];
      const top = data[y0 * width + x0] * (1 - fx) + data[y0 * width + x1] * fx;
      const bottom = data[y1 * width + x0] * (1 - fx) + data[y1 * width + x1] * fx;
      out[row * GRID + col] = top * (1 - fy) + bottom * fy;
    }
  }
}

function positions(length: number): { at: number; next: number; fraction: number }[] {
  return Array.from({ length: GRID }, (_, i) => {
    const x = Math.min(Math.max(((i + 0.5) * length) / GRID - 0.5, 0), length - 1);
    const at = Math.floor(x);
    return { at, next: Math.min(at + 1, length - 1), fraction: x - at };
  });
}

/** Means of 2 × 2. */
function halve(levels: Float32Array, side: number, out: Float32Array): void {
  const half = side / 2;
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      const at = 2 * y * side + 2 * x;
      out[y * half + x] = (levels[at] + levels[at + 1] + levels[at + side] + levels[at + side + 1]) / 4;
    }
  }
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
