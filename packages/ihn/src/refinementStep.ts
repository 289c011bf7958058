import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { emptyTensors, numbers, type Tensors } from './emptyTensors.js';
import { letGo } from './letGo.js';

/** What a step is told of each of several pairs: features of both pictures at its stride, and the corners so far. */
export type StepInput = Readonly<Record<'a' | 'b' | 'corners', readonly Float32Array[]>>;

/** What it says of them, one pair after the other. The memory is written again by the next step of a single pair. */
export type StepOutput = Readonly<Record<'refined' | 'inliers' | 'spread', Float32Array>>;

/** Makes a network that refines corners at one stride a function of one pair or of several. */
export function refinementStep(session: InferenceSession): (pairs: StepInput) => Promise<StepOutput> {
  const input = emptyTensors(session.inputMetadata);
  const output = emptyTensors(session.outputMetadata);

  async function run(pairs: StepInput): Promise<Tensors> {
    const parts = Object.entries(pairs);
    if (pairs.corners.length > 1)
      return session.run(Object.fromEntries(parts.map(([name, of]) => [name, batch(name, of)])));
    for (const [name, [only]] of parts) numbers(input[name]).set(only);
    letGo(Object.values(await session.run(input, output)).map(numbers));
    return output;
  }

  function batch(name: string, parts: readonly Float32Array[]): Tensor {
    return new Tensor('float32', joined(parts), [parts.length, ...input[name].dims.slice(1)]);
  }

  return async (pairs) => {
    const { refined, inliers, spread } = await run(pairs);
    return { refined: numbers(refined), inliers: numbers(inliers), spread: numbers(spread) };
  };
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
