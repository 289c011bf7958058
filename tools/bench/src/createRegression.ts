import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { GimbalError } from '@gimbal/core';
import { type LearnedEstimator, learnedEstimator, onnxRuntime, parseIhnOptions, refinePhotometric } from '@gimbal/ihn';
import { root } from './places.js';

/** How the baseline runs. */
export interface RegressionOptions {
  /** Threads of one inference: 1 to 64, default 2. */
  readonly threads?: number;
}

const FOLDER = path.join(root, 'tools/bench/regression');
/** Side of the pictures that the network sees, pixels. */
const SIDE = 128;
/** Most pairs in one run: more would only take memory. */
const BATCH = 8;

/**
 * The single-shot regression of the corners (DeTone, Malisiewicz, Rabinovich, Deep Image Homography Estimation, 2016): the baseline that
 * the iterative network is measured against. It sees the same pictures and knows nothing of inliers or of its own error. Runs on
 * the CPU, in the caller's thread.
 * @throws GimbalError `GIMBAL_E_WEIGHTS`, `GIMBAL_E_ADDON`, `GIMBAL_E_INVALID_ARGUMENT`.
 */
export async function createRegression(options: RegressionOptions = {}): Promise<LearnedEstimator> {
  const settings = { ...parseIhnOptions(options), provider: 'cpu', refineAtFullResolution: false } as const;
  const { InferenceSession, Tensor } = onnxRuntime();
  const session = await InferenceSession.create(await checkedNetwork(), {
    executionProviders: ['cpu'],
    intraOpNumThreads: settings.threads,
    interOpNumThreads: 1,
    enableCpuMemArena: false,
    enableMemPattern: false,
    logSeverityLevel: 3,
  });

  /** Displacements of the grid's corners, eight numbers a pair. */
  async function regress(pairs: readonly (readonly [Float32Array, Float32Array])[]): Promise<Float32Array[]> {
    const pictures = (which: 0 | 1) => {
      const all = new Float32Array(pairs.length * SIDE * SIDE);
      for (const [i, pair] of pairs.entries()) all.set(pair[which], i * SIDE * SIDE);
      return new Tensor('float32', all, [pairs.length, 1, SIDE, SIDE]);
    };
    const { corners } = await session.run({ first: pictures(0), second: pictures(1) });
    const numbers = corners.data as Float32Array;
    return pairs.map((_, i) => numbers.slice(8 * i, 8 * i + 8));
  }

  return learnedEstimator(
    'regression',
    {
      provider: 'cpu',
      guided: false,
      async run(questions) {
        const pairs = questions.map(({ previous, current }) => [previous.picture.gray, current.picture.gray] as const);
        const answers: Float32Array[] = [];
        for (let at = 0; at < pairs.length; at += BATCH) answers.push(...(await regress(pairs.slice(at, at + BATCH))));
        return answers.map((corners) => ({ corners: [corners] }));
      },
      refinePhotometric: async (pair) => refinePhotometric(pair),
      async warmup() {
        const blank = new Float32Array(SIDE * SIDE);
        await regress([[blank, blank]]);
      },
      forget() {},
      close: () => session.release(),
    },
    settings,
  );
}

async function checkedNetwork(): Promise<Buffer> {
  const file = path.join(FOLDER, 'regression.onnx');
  const described = JSON.parse(await readFile(path.join(FOLDER, 'regression.json'), 'utf8'));
  const bytes = await readFile(file);
  const found = createHash('sha256').update(bytes).digest('hex');
  const { sha256 } = described.files['regression.onnx'];
  if (found === sha256) return bytes;
  throw new GimbalError('GIMBAL_E_WEIGHTS', `${file} is damaged: its SHA-256 should be ${sha256} but is ${found}.`);
}
