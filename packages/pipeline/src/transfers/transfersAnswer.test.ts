import { expect, test } from 'vitest';
import type { FrameCost, SizeCosts } from './frameCosts.js';
import { transfersAnswer } from './transfersAnswer.js';

const cost = (estimate: number, warp: number): FrameCost => ({
  estimate: { median: estimate, low: estimate, high: estimate },
  warp: { median: warp, low: warp, high: warp },
});
const costs = (name: string, cpu: number, host: number, device: number): SizeCosts => ({
  name,
  width: 640,
  height: 360,
  cpu: cost(cpu / 2, cpu / 2),
  cudaFromHost: cost(host / 2, host / 2),
  cudaOnDevice: cost(device / 2, device / 2),
});

test.each([
  [
    [costs('360p', 2, 1, 1), costs('4K', 20, 4, 2)],
    /^Yes, at every size: .* 2\.0 to 5\.0 times as fast as .* 8 threads\. Decoding/,
  ],
  [
    [costs('360p', 1, 2, 1), costs('720p', 2, 2, 1), costs('4K', 9, 3, 2)],
    /^Yes, at 4K; not at 360p and 720p: .* is 3\.0 times/,
  ],
  [[costs('360p', 1, 2, 1), costs('4K', 4, 5, 2)], /^Only for frames that are decoded on the GPU \(4K\)/],
  [[costs('360p', 1, 2, 1), costs('4K', 4, 5, 4)], /^No: at no size .* this CPU with 8 threads/],
  // A tenth more or less is chance.
  [[costs('360p', 1.05, 1, 1)], /^No/],
])('the answer follows from the figures: %#', (sizes, answer) => {
  expect(transfersAnswer(sizes, 8)).toMatch(answer);
});
