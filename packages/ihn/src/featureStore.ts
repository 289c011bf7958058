import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { type Outputs, outputTensors } from './outputTensors.js';

/** The features of pictures, in buffers that are used again. */
export interface FeatureStore {
  /** Buffers for a picture's features, to be filled by the encoder; they belong to `key` from now on. */
  claim(key: number): Outputs;
  /** Features at a stride of several pictures, one after the other. @throws Error for a picture that was not encoded. */
  gather(keys: readonly number[], stride: number): Tensor;
  /** Gives the buffers of a picture back. */
  forget(key: number): void;
}

/** @param encoder Its outputs `f8`, `f4`, … say what there is to be kept of a picture. */
export function createFeatureStore(encoder: InferenceSession): FeatureStore {
  const empty = outputTensors(encoder);
  const kept = new Map<number, Outputs>();
  const spare: Outputs[] = [];

  return {
    claim(key) {
      const features = kept.get(key) ?? spare.pop() ?? empty();
      kept.set(key, features);
      return features;
    },
    gather(keys, stride) {
      const parts = keys.map((key) => {
        const part = kept.get(key)?.[`f${stride}`];
        if (part === undefined) throw new Error(`picture ${key} has no features at stride ${stride}`);
        return part;
      });
      if (parts.length === 1) return parts[0];
      const { dims, size: length } = parts[0];
      const whole = new Float32Array(parts.length * length);
      parts.forEach(({ data }, i) => {
        whole.set(data as Float32Array, i * length);
      });
      return new Tensor('float32', whole, [parts.length, ...dims.slice(1)]);
    },
    forget(key) {
      const features = kept.get(key);
      if (features === undefined) return;
      kept.delete(key);
      spare.push(features);
    },
  };
}
