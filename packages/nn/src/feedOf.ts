import { type CudaArray, GimbalError, type Plane } from '@gimbal/core';
import type { NativeFeed, TensorInfo } from './addon.js';
import type { NetworkInput } from './networkOptions.js';

/** Where a feed goes. */
export interface FeedTarget {
  readonly count: number;
  /** What an index must stay below. */
  readonly slots: number;
  /** −1 on the CPU. */
  readonly ordinal: number;
}

/**
 * An input as the addon takes it.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` saying what the tensor takes and what came.
 */
export function feedOf(tensor: TensorInfo, input: NetworkInput, target: FeedTarget): NativeFeed {
  const { name, kind, shape } = tensor;
  const numbers = target.count * shape.reduce((product, size) => product * size, 1);
  const type = kind === 'index' ? 'Int32Array' : 'Float32Array';
  const expected = `Input "${name}" takes ${numbers} numbers (${target.count} × ${shape.join('×') || 1})`;
  if (input instanceof Float32Array || input instanceof Int32Array) {
    if (input.constructor.name !== type || input.length !== numbers) {
      throw invalid(`${expected} in a ${type}, received ${input.length} in a ${input.constructor.name}.`);
    }
    if (kind === 'index') checkIndex(name, input as Int32Array, target.slots);
    return [name, input, 0n];
  }
  if ('pointer' in input) return [name, addressOf(expected, kind, input, numbers, target), input.stream];
  return [name, levelsOf(expected, input, shape, target), 0n];
}

function checkIndex(name: string, index: Int32Array, slots: number): void {
  const wrong = index.find((slot) => slot < 0 || slot >= slots);
  if (wrong !== undefined)
    throw invalid(`Index "${name}" must be from 0 to ${slots - 1} (option slots), received ${wrong}.`);
}

function addressOf(
  expected: string,
  kind: TensorInfo['kind'],
  { shape, strides, typestr, pointer, device }: CudaArray,
  numbers: number,
  { ordinal }: FeedTarget,
): bigint {
  const type = kind === 'index' ? '<i4' : '<f4';
  const packed = strides.every(
    (stride, i) => stride === shape.slice(i + 1).reduce((product, size) => product * size, 4),
  );
  const held = shape.reduce((product, size) => product * size, 1);
  if (typestr === type && packed && held === numbers && device === ordinal) return pointer;
  throw invalid(
    `${expected}, on a device packed ${type} on ${ordinal < 0 ? 'none: this network runs on the CPU' : `cuda:${ordinal}`}; received ` +
      `${typestr} of shape ${shape.join('×')} with strides ${strides.join(', ')} on cuda:${device}.`,
  );
}

/** Luma of 8 bits as numbers from 0 to 1. */
function levelsOf(
  expected: string,
  { data, width, height, stride, bytesPerSample, channels }: Plane,
  shape: readonly number[],
  { count }: FeedTarget,
): Float32Array {
  const fits = shape.length === 3 && shape[0] === height && shape[1] === width && shape[2] === 1;
  if (!fits || count !== 1 || bytesPerSample !== 1 || channels !== 1 || data.length < stride * (height - 1) + width) {
    throw invalid(
      `${expected}; a plane for it must be one of 8 bits and this size, received ${width}×${height} with ${channels} channel(s) of ${bytesPerSample} byte(s).`,
    );
  }
  const levels = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) levels[y * width + x] = data[y * stride + x] / 255;
  }
  return levels;
}

function invalid(message: string): GimbalError {
  return new GimbalError('GIMBAL_E_INVALID_ARGUMENT', message);
}
