import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cornersAtRest } from '../src/grid/gridCorners.js';
import { gridPicture } from '../src/grid/gridPicture.js';
import { openNetwork } from '../src/network/openNetwork.js';
import { refinementOrder } from '../src/network/refinementOrder.js';
import { readWeights, scheduleOf } from '../src/network/weightFiles.js';
import { fixedPair } from './fixedPairs.js';
import { withoutWeights } from './weights.js';

const file = process.env.GIMBAL_IHN_AGREEMENT ?? path.join(import.meta.dirname, 'golden/agreement.json');
const problem = withoutWeights ?? (existsSync(file) ? undefined : `there is no ${file}`);
if (problem) console.warn(`ihn: the comparison with PyTorch is skipped, ${problem}`);

interface Golden {
  readonly encoder: string;
  readonly pairs: readonly { readonly torch: readonly number[]; readonly onnx: readonly number[] }[];
}

test.skipIf(problem !== undefined)('PyTorch, ONNX Runtime in Python and here agree on 200 pairs', async () => {
  const golden: Golden = JSON.parse(readFileSync(file, 'utf8'));
  const weights = await readWeights(undefined);
  const made = weights.files.encoder.sha256;
  expect(golden.encoder, 'the golden file is of other weights: run tools/fixtures/agreement.py').toBe(made);
  expect(golden.pairs.length).toBe(200);
  const order = refinementOrder(scheduleOf(weights), undefined);
  const names = ['encoder', ...new Set(order.map((stride) => `refine${stride}`))];
  const network = await openNetwork(weights, names, { provider: 'cpu', threads: 2 });
  let worst = 0;
  for (const [k, { torch, onnx }] of golden.pairs.entries()) {
    const [first, second] = await Promise.all(fixedPair(k).map((frame) => gridPicture(frame, 1)));
    const pictures = [first, second].map(({ gray }, key) => ({ key, gray }));
    const [previous, current] = await network.ask({ kind: 'encode', pictures });
    const pairs = [{ previous, current, start: cornersAtRest() }];
    const [{ corners }] = await network.ask({ kind: 'refine', pairs, order, earlyStop: false });
    corners[corners.length - 1].forEach((value, i) => {
      worst = Math.max(worst, Math.abs(value - torch[i]), Math.abs(value - onnx[i]));
    });
  }
  await network.close();
  expect(worst).toBeLessThan(1e-3);
});
