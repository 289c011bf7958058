import { GimbalError } from '../errors.js';
import type { Frame } from './frame.js';

/** How much of a frame is read. */
export type PlanesRead = 'luma' | 'all';

/**
 * Refuses what is not a frame, or describes samples that its memory does not hold, before native code reads it.
 * @param what How to begin the message, such as "The previous frame".
 * @param read Which planes are checked.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` saying what is wrong.
 */
export function checkFrame(frame: unknown, what: string, read: PlanesRead = 'all'): asserts frame is Frame {
  const problem = problemOf(frame, read);
  if (problem === undefined) return;
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `${what} is not a frame that can be read: ${problem}. A FrameSource gives frames; grayFrame(data, width, height) makes one of a gray picture.`,
  );
}

/**
 * The same for the two frames of a pair, of which an estimator reads the luma; and both must have one size.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT`
 */
export function checkPair(previous: unknown, current: unknown): void {
  checkFrame(previous, 'The previous frame', 'luma');
  checkFrame(current, 'The current frame', 'luma');
  if (previous.width === current.width && previous.height === current.height) return;
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `Both frames of a pair must have one size; received ${previous.width}×${previous.height} and ${current.width}×${current.height}.`,
  );
}

function problemOf(value: unknown, read: PlanesRead): string | undefined {
  const frame = fieldsOf(value);
  if (frame === undefined) return `expected an object, received ${kindOf(value)}`;
  const { width, height, memory } = frame;
  if (!isExtent(width) || !isExtent(height)) {
    return `its size must be whole pixels, received ${kindOf(width)}×${kindOf(height)}`;
  }
  if (memory !== 'host' && memory !== 'cuda') return `its memory must be "host" or "cuda", received ${kindOf(memory)}`;
  const format = fieldsOf(frame.format);
  if (format === undefined) return `its format must be an object, received ${kindOf(frame.format)}`;
  const { bitDepth, chroma, alpha, layout, shift, chromaShiftX, chromaShiftY } = format;
  if (!isExtent(bitDepth) || bitDepth < 8 || bitDepth > 16) {
    return `its format's bitDepth must be 8 to 16, received ${kindOf(bitDepth)}`;
  }
  for (const [name, bits] of Object.entries({ shift, chromaShiftX, chromaShiftY })) {
    if (!(Number.isInteger(bits) && (bits as number) >= 0)) {
      return `its format's ${name} must be a whole number of bits, received ${kindOf(bits)}`;
    }
  }
  if (!Array.isArray(frame.planes)) return `its planes must be a list, received ${kindOf(frame.planes)}`;
  const opaque = !chroma ? 1 : layout === 'semiplanar' ? 2 : 3;
  const planes = read === 'luma' ? 1 : opaque + (alpha ? 1 : 0);
  if (frame.planes.length < planes) return `it needs ${planes} planes, received ${frame.planes.length}`;
  for (let i = 0; i < planes; i++) {
    const full = i === 0 || i === opaque;
    const shiftX = full ? 0 : (chromaShiftX as number);
    const shiftY = full ? 0 : (chromaShiftY as number);
    const size = { width: (width + (1 << shiftX) - 1) >> shiftX, height: (height + (1 << shiftY) - 1) >> shiftY };
    const channels = !full && layout === 'semiplanar' ? 2 : 1;
    const problem =
      memory === 'host'
        ? hostPlaneProblem(frame.planes[i], size, channels, bitDepth > 8 ? 2 : 1)
        : devicePlaneProblem(frame.planes[i]);
    if (problem !== undefined) return `plane ${i} ${problem}`;
  }
  return undefined;
}

function hostPlaneProblem(
  value: unknown,
  size: { readonly width: number; readonly height: number },
  channels: number,
  bytesPerSample: number,
): string | undefined {
  const plane = fieldsOf(value);
  if (plane === undefined) return `must be an object, received ${kindOf(value)}`;
  const { data, width, height, stride } = plane;
  if (!(data instanceof Uint8Array)) return `must hold its bytes in a Uint8Array, received ${kindOf(data)}`;
  if (width !== size.width || height !== size.height) {
    return `must be ${size.width}×${size.height}, received ${kindOf(width)}×${kindOf(height)}`;
  }
  const row = size.width * channels * bytesPerSample;
  if (!isExtent(stride) || stride < row) {
    return `needs a stride of at least ${row} bytes, received ${kindOf(stride)}`;
  }
  const needed = stride * (size.height - 1) + row;
  return data.length < needed ? `needs ${needed} bytes, received ${data.length}` : undefined;
}

function devicePlaneProblem(value: unknown): string | undefined {
  const plane = fieldsOf(value);
  if (plane === undefined) return `must be an object, received ${kindOf(value)}`;
  if (typeof plane.pointer !== 'bigint') return `must have a bigint as pointer, received ${kindOf(plane.pointer)}`;
  for (const key of ['shape', 'strides'] as const) {
    if (!Array.isArray(plane[key]) || !plane[key].every((n) => Number.isInteger(n))) {
      return `must have a list of whole numbers as ${key}, received ${kindOf(plane[key])}`;
    }
  }
  return undefined;
}

function isExtent(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}

function fieldsOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'number' || typeof value === 'string') return JSON.stringify(value) ?? String(value);
  if (typeof value === 'object') return `a value of type ${value.constructor?.name ?? 'object'}`;
  return `a value of type ${typeof value}`;
}
