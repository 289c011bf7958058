// One stage of Gimbal in a process of its own, so that its cost can be measured from outside:
//   probe decode IN | probe analyze IN MOTION | probe render IN MOTION | probe stabilize IN OUT
// Prints one line of JSON: frames, how long the event loop was blocked at most, wall-clock seconds of the stages.
import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  analyze,
  type Estimator,
  parseMotion,
  type RuntimeInfo,
  type StageSeconds,
  serializeMotion,
  stabilize,
} from '@gimbal/core';
import classical from '@gimbal/cuda-classical';
import { createRenderer, cudaBridge } from '@gimbal/native';
import { stabilizeFile } from '@gimbal/pipeline';
import { createSmoother } from '@gimbal/smoothers';
import { openVideo } from '@gimbal/video';
import { nullSink } from './nullSink.js';

const [stage, input, file] = process.argv.slice(2);
const runtime: RuntimeInfo = {
  platform: process.platform,
  arch: process.arch,
  threads: os.availableParallelism(),
  device: 'cpu',
};
const smoother = createSmoother('l1-optimal', {});

// As the command opens it: without the bridge V8 counts every picture's bytes as its own and collects garbage every few frames.
const source = await openVideo(input, { cuda: cudaBridge });
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
let seconds: StageSeconds | undefined;
const frames = await run();
delay.disable();
await source.close();
console.log(
  JSON.stringify({ frames, longestBlockMs: delay.max / 1e6, p999BlockMs: delay.percentile(99.9) / 1e6, seconds }),
);

async function run(): Promise<number> {
  switch (stage) {
    case 'decode': {
      let count = 0;
      for await (const frame of source.frames()) {
        frame.close();
        count++;
      }
      return count;
    }
    case 'analyze': {
      const estimator = await makeEstimator();
      const motion = await analyze({ source, estimator });
      await estimator.dispose?.();
      await writeFile(file, serializeMotion(motion));
      return motion.times.length;
    }
    case 'render': {
      const motion = parseMotion(await readFile(file, 'utf8'));
      const renderer = await createRenderer({ interpolation: 'bilinear', border: 'replicate', device: 'cpu' });
      const result = await stabilize({ source, motion, smoother, renderer, sink: nullSink() });
      seconds = result.seconds;
      await renderer.dispose?.();
      return result.frames;
    }
    case 'stabilize': {
      // As a program does that has other things to do: the job has threads of its own.
      const { summary } = await stabilizeFile(input, file, { overwrite: true, codec: 'h264', preset: 'veryfast' });
      seconds = summary.seconds;
      return summary.frames;
    }
    default:
      throw new Error(`probe: unknown stage ${stage}`);
  }
}

function makeEstimator(): Promise<Estimator> {
  return classical.create(classical.parseOptions({}), { runtime });
}
