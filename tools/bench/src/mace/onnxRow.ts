import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from '../places.js';
import { PATCH } from './bins.js';
import { swapBottomCorners } from './networkOrder.js';
import { PATCH_BYTES, patchAt } from './renderBin.js';
import type { Row } from './row.js';

/** As much of ONNX Runtime as is used here. */
interface Runtime {
  readonly InferenceSession: { create(file: string, options: object): Promise<Session> };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Tensor;
}
interface Tensor {
  readonly data: ArrayLike<number>;
  readonly dims: readonly number[];
}
interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(inputs: Record<string, Tensor>): Promise<Record<string, Tensor>>;
}

/** Pairs of one call. */
const BATCH = 8;

/**
 * A row from an ONNX file, for networks that are not in a package: `NAME=FILE`. Inputs: first and second patches, float32, batch × 1 × 128 × 128,
 * 0 to 1. Output: how far the corners of first move, batch × 4 × 2 pixels, top left, top right, bottom left, bottom right. Computed by
 * ONNX Runtime on the CPU with two threads.
 * @throws Error when the text has another form, or the network other inputs and outputs.
 */
export async function onnxRow(text: string): Promise<Row> {
  const [, name, file] = /^([\w.+-]+)=(.+)$/.exec(text) ?? [];
  if (file === undefined) throw new Error(`A network is given as NAME=FILE, not as "${text}".`);
  const runtime: Runtime = createRequire(import.meta.url)(path.join(root, 'packages/ihn/build/Release/onnxruntime'));
  const session = await runtime.InferenceSession.create(path.resolve(file), { intraOpNumThreads: 2 });
  if (session.inputNames.length !== 2) throw new Error(`${file} must have two inputs, not ${session.inputNames}.`);
  const [first, second] = session.inputNames;
  return {
    async answer(bin) {
      const answers: Float64Array[] = [];
      for (let start = 0; start < bin.pairs.length; start += BATCH) {
        const count = Math.min(BATCH, bin.pairs.length - start);
        const batch = (which: 0 | 1): Tensor => {
          const data = new Float32Array(count * PATCH_BYTES);
          for (let i = 0; i < count; i++) data.set(patchAt(bin, start + i, which).map(Number), i * PATCH_BYTES);
          return new runtime.Tensor(
            'float32',
            data.map((value) => value / 255),
            [count, 1, PATCH, PATCH],
          );
        };
        const { data, dims } = (await session.run({ [first]: batch(0), [second]: batch(1) }))[session.outputNames[0]];
        if (data.length !== 8 * count) throw new Error(`${file} must answer ${count}×4×2 numbers, not ${dims}.`);
        for (let i = 0; i < count; i++) {
          answers.push(swapBottomCorners(Array.from({ length: 8 }, (_, k) => data[8 * i + k])));
        }
      }
      return new Map([[name, answers]]);
    },
  };
}
