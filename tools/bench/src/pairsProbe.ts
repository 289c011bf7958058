// One estimator on the consecutive pairs of a luma file, in a process of its own, so that its memory can be measured from outside:
//   pairsProbe NAME FILE WIDTH HEIGHT FRAMES THREADS
// Asked as a clip's analysis asks: as many pairs at once as the estimator likes. Prints one line of JSON: pairs, seconds spent in the
// estimator, how long the event loop was blocked at most, answers by verdict.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Estimator, HostFrame, MotionField } from '@gimbal/core';
import { lumaFrames } from './lumaFrames.js';

/** Pairs before the clock starts: what is allocated and compiled once. */
const WARM_UP = 10;

const [name, path, ...numbers] = process.argv.slice(2);
const [width, height, frames, threads] = numbers.map(Number);
// Only what is measured is loaded: the others have memory of their own.
const make: Record<string, () => Promise<Estimator>> = {
  classical: async () => (await import('@gimbal/cuda-classical')).createClassicalEstimator({ threads }),
  ihn: async () => (await import('@gimbal/ihn')).createIhnEstimator({ threads, provider: 'cpu' }),
  regression: async () => (await import('./createRegression.js')).createRegression({ threads }),
};
const estimator = await make[name]();
await estimator.warmup?.({ width, height });
const together = estimator.batch ?? 1;
const delay = monitorEventLoopDelay({ resolution: 1 });
const verdicts: Record<string, number> = {};
const waiting: HostFrame[] = [];
let pairs = 0;
let measured = 0;
let milliseconds = 0;

async function answered(asked: readonly (readonly [HostFrame, HostFrame])[]): Promise<MotionField[]> {
  const [[previous, current]] = asked;
  if (asked.length === 1 || estimator.estimateBatch === undefined) return [await estimator.estimate(previous, current)];
  return estimator.estimateBatch(asked);
}

// Enough memory for the frames of a batch, and for those before that estimators may still know by their handles.
for await (const frame of lumaFrames({ path, width, height, frames }, together + 3)) {
  waiting.push(frame);
  if (waiting.length <= together) continue;
  const asked = waiting.slice(1).map((current, i) => [waiting[i], current] as const);
  if (pairs >= WARM_UP) delay.enable();
  const start = performance.now();
  const fields = await answered(asked);
  if (pairs >= WARM_UP) {
    milliseconds += performance.now() - start;
    measured += asked.length;
  }
  pairs += asked.length;
  for (const { verdict } of fields) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  waiting.splice(0, together);
}
delay.disable();
await estimator.dispose?.();
console.log(
  JSON.stringify({ pairs: measured, seconds: milliseconds / 1000, longestBlockMs: delay.max / 1e6, verdicts }),
);
