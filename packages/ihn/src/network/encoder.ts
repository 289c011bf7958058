import type { InferenceSession } from 'onnxruntime-common';
import { freeBuffers } from './freeBuffers.js';
import { emptyTensors, numbers, type Tensors } from './tensors.js';

/** Computes the features of pictures and keeps them. */
export interface Encoder {
  /** Computes the features of a picture; they belong to `key` until it is forgotten. */
  encode(key: number, gray: Float32Array): Promise<void>;
  /** The features that belong to a key: `f8`, `f4`, …. @throws Error when there are none. */
  features(key: number): Tensors;
  /** Gives the memory of a picture's features back. */
  forget(key: number): void;
}

/** @param session Its input is `gray`; its outputs `f8`, `f4`, … are the features at each stride. */
export function createEncoder(session: InferenceSession): Encoder {
  const input = emptyTensors(session.inputMetadata);
  const kept = new Map<number, Tensors>();
  function forget(key: number): void {
    freeBuffers(Object.values(kept.get(key) ?? {}).map(numbers));
    kept.delete(key);
  }
  return {
    async encode(key, gray) {
      numbers(input.gray).set(gray);
      const output = await session.run(input);
      forget(key);
      kept.set(key, output);
    },
    features(key) {
      const features = kept.get(key);
      if (features === undefined) throw new Error(`picture ${key} was not encoded, or is forgotten`);
      return features;
    },
    forget,
  };
}
