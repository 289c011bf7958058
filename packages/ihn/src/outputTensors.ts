import { type InferenceSession, Tensor } from 'onnxruntime-node';

/** Tensors by the output of a network that they belong to. */
export type Outputs = Readonly<Record<string, Tensor>>;

/**
 * What makes tensors for all outputs of a network at a batch of one, for it to write into: those that it makes by itself wait for the garbage
 * collector, with much more memory than it sees.
 * @throws Error for an output that is no tensor.
 */
export function outputTensors({ outputMetadata }: Pick<InferenceSession, 'outputMetadata'>): () => Outputs {
  const shapes = outputMetadata.map((output) => {
    if (!output.isTensor) throw new Error(`the network's output ${output.name} is no tensor`);
    return [output.name, [1, ...output.shape.slice(1).map(Number)]] as const;
  });
  const size = (dims: readonly number[]) => dims.reduce((product, dim) => product * dim);
  return () =>
    Object.fromEntries(
      shapes.map(([name, dims]) => [name, new Tensor('float32', new Float32Array(size(dims)), dims)] as const),
    );
}
