import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { freeBuffers } from './freeBuffers.js';
import { onnxRuntime } from './onnxRuntime.js';
import { emptyTensors, numbers, type Tensors } from './tensors.js';

/** What a step is told of each of several pairs: features of both pictures at its stride, and the corners so far. */
export interface StepInput {
  readonly a: readonly Tensor[];
  readonly b: readonly Tensor[];
  readonly corners: readonly Float32Array[];
}

/** What it says of them, one pair after the other. The memory is written again by the next step of a single pair. */
export type StepOutput = Readonly<Record<'refined' | 'inliers' | 'spread', Float32Array>>;

/** Makes a network that refines corners at one stride a function of one pair or of several. */
export function refinementStep(session: InferenceSession): (pairs: StepInput) => Promise<StepOutput> {
  const { corners } = emptyTensors(session.inputMetadata);
  const output = emptyTensors(session.outputMetadata);

  async function run(pairs: StepInput): Promise<Tensors> {
    const { a, b, corners: starts } = pairs;
    if (starts.length > 1)
      return session.run({
        a: batch(a.map(numbers), a[0]),
        b: batch(b.map(numbers), b[0]),
        corners: batch(starts, corners),
      });
    numbers(corners).set(starts[0]);
    freeBuffers(Object.values(await session.run({ a: a[0], b: b[0], corners }, output)).map(numbers));
    return output;
  }

  return async (pairs) => {
    const { refined, inliers, spread } = await run(pairs);
    return { refined: numbers(refined), inliers: numbers(inliers), spread: numbers(spread) };
  };
}

/** Several tensors of one shape as one. */
function batch(parts: readonly Float32Array[], { dims }: Tensor): Tensor {
  return new (onnxRuntime().Tensor)('float32', joined(parts), [parts.length, ...dims.slice(1)]);
}

/** One array after the other, in memory of its own. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
