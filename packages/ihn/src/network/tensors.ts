import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { onnxRuntime } from './onnxRuntime.js';

/** Tensors by the input or output of a network that they belong to. */
export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * Tensors for all inputs or all outputs of a network at a batch of one, to be used for one run after the other.
 * @throws Error for a value that is no tensor.
 */
export function emptyTensors(values: readonly InferenceSession.ValueMetadata[]): Tensors {
  const { Tensor } = onnxRuntime();
  return Object.fromEntries(
    values.map((value) => {
      if (!value.isTensor) throw new Error(`the network's ${value.name} is no tensor`);
      const dims = [1, ...value.shape.slice(1).map(Number)];
      const size = dims.reduce((product, dim) => product * dim);
      return [value.name, new Tensor('float32', new Float32Array(size), dims)] as const;
    }),
  );
}

/** The numbers of a tensor. @throws Error when it holds something else. */
export function numbers(value: unknown): Float32Array {
  if (value instanceof onnxRuntime().Tensor && value.data instanceof Float32Array) return value.data;
  throw new Error('a network gave something else than numbers of 32 bit');
}
