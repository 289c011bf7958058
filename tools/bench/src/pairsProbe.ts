// One estimator on the consecutive pairs of a luma file, in a process of its own, so that its memory can be measured from outside:
//   pairsProbe NAME FILE WIDTH HEIGHT FRAMES THREADS
// Prints one line of JSON: pairs, seconds spent in `estimate`, how long the event loop was blocked at most, answers by verdict.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Estimator, HostFrame } from '@gimbal/core';
import { createClassicalEstimator } from '@gimbal/cuda-classical';
import { createIhnEstimator, createRegression } from '@gimbal/ihn';
import { lumaFrames } from './lumaFile.js';

/** Pairs before the clock starts: what is allocated and compiled once. */
const WARM_UP = 10;

const [name, path, ...numbers] = process.argv.slice(2);
const [width, height, frames, threads] = numbers.map(Number);
const make: Record<string, () => Promise<Estimator>> = {
  classical: () => createClassicalEstimator({ threads }),
  ihn: () => createIhnEstimator({ threads, provider: 'cpu' }),
  regression: () => createRegression({ threads, provider: 'cpu' }),
};
const estimator = await make[name]();
await estimator.warmup?.({ width, height });
const delay = monitorEventLoopDelay({ resolution: 1 });
const verdicts: Record<string, number> = {};
let previous: HostFrame | undefined;
let pairs = 0;
let milliseconds = 0;
for await (const frame of lumaFrames({ path, width, height, frames })) {
  if (previous !== undefined) {
    if (pairs === WARM_UP) {
      milliseconds = 0;
      delay.enable();
    }
    const start = performance.now();
    const { verdict } = await estimator.estimate(previous, frame);
    milliseconds += performance.now() - start;
    verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
    pairs++;
  }
  previous = frame;
}
delay.disable();
await estimator.dispose?.();
console.log(
  JSON.stringify({ pairs: pairs - WARM_UP, seconds: milliseconds / 1000, longestBlockMs: delay.max / 1e6, verdicts }),
);
