import { type InferenceSession, Tensor } from 'onnxruntime-node';

/** Features of one picture by the encoder's output: tensors with a batch of one. */
type Features = Readonly<Record<string, Tensor>>;

/** The features of pictures, in buffers that are used again. */
export interface FeatureStore {
  /** Buffers for a picture's features, to be filled by the encoder; they belong to `key` from now on. */
  claim(key: number): Features;
  /** Features at a stride of several pictures, one after the other. @throws Error for a picture that was not encoded. */
  gather(keys: readonly number[], stride: number): Tensor;
  /** Gives the buffers of a picture back. */
  forget(key: number): void;
}

/** @param encoder Its outputs `f8`, `f4`, … say what there is to be kept of a picture. */
export function createFeatureStore(encoder: InferenceSession): FeatureStore {
  const shapes = encoder.outputMetadata.map((output) => {
    if (!output.isTensor) throw new Error(`the encoder's output ${output.name} is no tensor`);
    return [output.name, [1, ...output.shape.slice(1).map(Number)]] as const;
  });
  const kept = new Map<number, Features>();
  const spare: Features[] = [];
  const size = (dims: readonly number[]) => dims.reduce((product, dim) => product * dim);
  const empty = (): Features =>
    Object.fromEntries(
      shapes.map(([name, dims]) => [name, new Tensor('float32', new Float32Array(size(dims)), dims)] as const),
    );

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
