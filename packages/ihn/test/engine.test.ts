import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cornersAtRest } from '../src/grid/gridCorners.js';
import { gridPicture } from '../src/grid/gridPicture.js';
import { engineProblem, openEngineNetwork } from '../src/network/engineNetwork.js';
import { type Network, openNetwork } from '../src/network/openNetwork.js';
import { refinementOrder } from '../src/network/refinementOrder.js';
import { readWeights, scheduleOf } from '../src/network/weightFiles.js';
import { fixedPair } from './fixedPairs.js';
import { withoutWeights } from './weights.js';

const file = path.join(import.meta.dirname, 'golden/agreement.json');
const problem = withoutWeights ?? (existsSync(file) ? undefined : `there is no ${file}`);
if (problem) console.warn(`ihn: the engine is not compared, ${problem}`);
const onDevice = engineProblem();
if (onDevice !== undefined) console.warn(`ihn: the engine is not tested on CUDA here: ${onDevice}`);

async function refined(network: Network, pairs: readonly number[], early: { earlyStop: boolean; tolerance?: number }) {
  const order = refinementOrder(scheduleOf(await readWeights(undefined)), undefined);
  const pictures = [];
  for (const [i, k] of pairs.entries()) {
    const both = await Promise.all(fixedPair(k).map((frame) => gridPicture(frame, 1)));
    pictures.push({ key: 2 * i, gray: both[0].gray }, { key: 2 * i + 1, gray: both[1].gray });
  }
  const features = await network.ask({ kind: 'encode', pictures });
  const asked = pairs.map((_, i) => ({
    previous: features[2 * i],
    current: features[2 * i + 1],
    start: cornersAtRest(),
  }));
  const answers = await network.ask({ kind: 'refine', pairs: asked, order, ...early });
  await network.ask({ kind: 'forget', keys: pictures.map(({ key }) => key) });
  return answers;
}

test.skipIf(problem !== undefined)(
  'the engine on the CPU, ONNX Runtime and PyTorch agree, and leave out the same steps',
  async () => {
    const golden: { pairs: { torch: number[] }[] } = JSON.parse(readFileSync(file, 'utf8'));
    const weights = await readWeights(undefined);
    const names = ['encoder', ...Object.keys(weights.files).filter((name) => name.startsWith('refine'))];
    const [engine, runtime] = [
      await openEngineNetwork(weights, 'cpu'),
      await openNetwork(weights, names, { provider: 'cpu', threads: 2 }),
    ];
    const pairs = [0, 5];
    for (const early of [{ earlyStop: false }, { earlyStop: true, tolerance: 0.1 }]) {
      const [one, other] = [await refined(engine, pairs, early), await refined(runtime, pairs, early)];
      for (const [i, k] of pairs.entries()) {
        const corners = one[i].corners.map((step) => [...step]);
        expect(corners).toEqual(other[i].corners.map((step) => [...step].map((value) => expect.closeTo(value, 2))));
        expect(one[i].cells).toBe(other[i].cells);
        expect(one[i].expectedErrors).toEqual(other[i].expectedErrors.map((error) => expect.closeTo(error, 3)));
        expect([...one[i].inliers]).toEqual([...other[i].inliers].map((value) => expect.closeTo(value, 2)));
        if (early.earlyStop) continue;
        expect(corners[corners.length - 1]).toEqual(golden.pairs[k].torch.map((value) => expect.closeTo(value, 2)));
      }
    }
    await engine.close();
    await runtime.close();
  },
  300_000,
);

test.skipIf(problem !== undefined || onDevice !== undefined)(
  'the engine on CUDA agrees with PyTorch on 200 pairs',
  async () => {
    const golden: { pairs: { torch: number[] }[] } = JSON.parse(readFileSync(file, 'utf8'));
    const engine = await openEngineNetwork(await readWeights(undefined), 'cuda');
    const errors: number[] = [];
    for (let at = 0; at < 200; at += 100) {
      const pairs = Array.from({ length: 100 }, (_, i) => at + i);
      const answers = await refined(engine, pairs, { earlyStop: false });
      for (const [i, { corners }] of answers.entries()) {
        errors.push(
          Math.max(...corners[corners.length - 1].map((value, k) => Math.abs(value - golden.pairs[at + i].torch[k]))),
        );
      }
    }
    await engine.close();
    errors.sort((a, b) => a - b);
    console.log(
      `ihn on CUDA against PyTorch: median ${errors[100]}, 95 % ${errors[190]}, largest ${errors[199]} px of 128`,
    );
    expect(errors[100]).toBeLessThan(0.002);
    expect(errors[190]).toBeLessThan(0.01);
  },
);
