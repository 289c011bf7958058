import type { InferenceSession } from 'onnxruntime-node';
import { emptyTensors, numbers, type Tensors } from './emptyTensors.js';
import { letGo } from './letGo.js';
import type { Features } from './networkMessages.js';

/** Computes features into memory that is used again. */
export interface Encoder {
  /** The features of a picture, in memory that all threads share; they belong to `key` until it is forgotten. */
  encode(key: number, gray: Float32Array): Promise<Features>;
  /** Gives the memory of a picture's features back. */
  forget(key: number): void;
}

/** @param session Its input is `gray`; its outputs `f8`, `f4`, … are the features at each stride. */
export function createEncoder(session: InferenceSession): Encoder {
  const input = emptyTensors(session.inputMetadata);
  const kept = new Map<number, Features>();
  const spare: Features[] = [];
  return {
    async encode(key, gray) {
      numbers(input.gray).set(gray);
      // ONNX Runtime does not write into memory that threads share, so its own is copied.
      const output = await session.run(input);
      const features = kept.get(key) ?? spare.pop() ?? shared(output);
      kept.set(key, features);
      for (const [name, data] of Object.entries(features)) data.set(numbers(output[name]));
      letGo(Object.values(output).map(numbers));
      return features;
    },
    forget(key) {
      const features = kept.get(key);
      if (features === undefined) return;
      kept.delete(key);
      spare.push(features);
    },
  };
}

/** Room for as many numbers in memory that threads share. */
function shared(tensors: Tensors): Features {
  return Object.fromEntries(
    Object.entries(tensors).map(
      ([name, { size }]) => [name, new Float32Array(new SharedArrayBuffer(4 * size))] as const,
    ),
  );
}
