// `node tools/bench/mainThreadCalls.mjs [--device cuda|cpu] [--decoder nvdec|software] [--sink null|here|thread] [--look-ahead SECONDS] CLIP [RUNS]`: what the
// main thread does in a whole run: one pass after the other, or side by side with a look-ahead, then smoothed in a thread of its own. Pictures come to host memory and are forgotten there (null), or are encoded by libx264 ultrafast: here, or in a thread of its own. For opening, analysis, rendering and closing: milliseconds a frame that the event loop was busy and on a processor, the garbage
// collector's part, the same after the first frames (the steady state), and the native calls that kept the thread longest: all their
// milliseconds, how many, the longest. A call that ends in a promise counts for what it takes until it returns, not for its work elsewhere, and
// calls of threads that decode for a device or encode count for nothing here. Build with `NODE_AV=external npm run build -w @gimbal/video` before: what
// is bundled otherwise cannot be watched.
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { chooseDevice, stabilize } from '@gimbal/core';
import classical from '@gimbal/cuda-classical';
import { addonInfo, allocateHostFrame, createRenderer, cudaBridge } from '@gimbal/native';
import { createThreadSink, openDeviceClip, threadPlan } from '@gimbal/pipeline';
import { createSmoother } from '@gimbal/smoothers';
import { createVideoSink, openVideo } from '@gimbal/video';
import * as av from 'node-av/lib';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    device: { type: 'string', default: 'cuda' },
    decoder: { type: 'string', default: 'nvdec' },
    sink: { type: 'string', default: 'null' },
    'look-ahead': { type: 'string' },
  },
});
const [clip, runs = '3'] = positionals;
const encoders = { null: undefined, here: createVideoSink, thread: createThreadSink };
if (clip === undefined || !(values.sink in encoders)) {
  console.error(
    'usage: node tools/bench/mainThreadCalls.mjs [--device cuda|cpu] [--decoder nvdec|software] [--sink null|here|thread] [--look-ahead SECONDS] CLIP [RUNS]',
  );
  process.exit(2);
}
const ordinal = chooseDevice(values.device, () => addonInfo().cudaReport);
/** Frames before the steady state. */
const WARM = 40;

const calls = new Map();
function timed(name, call) {
  return function (...given) {
    const start = performance.now();
    try {
      return call.apply(this, given);
    } finally {
      const took = performance.now() - start;
      const entry = calls.get(name) ?? { total: 0, count: 0, most: 0 };
      calls.set(name, { total: entry.total + took, count: entry.count + 1, most: Math.max(entry.most, took) });
    }
  };
}
function watchMethods(name, target) {
  for (const key of Object.getOwnPropertyNames(target)) {
    const property = Object.getOwnPropertyDescriptor(target, key);
    if (key === 'constructor' || !property.configurable) continue;
    if (typeof property.value === 'function' && /^[a-z]/.test(key))
      property.value = timed(`${name}.${key}`, property.value);
    if (property.get) property.get = timed(`${name}.${key}`, property.get);
    if (property.set) property.set = timed(`${name}.${key} =`, property.set);
    Object.defineProperty(target, key, property);
  }
}
for (const [name, type] of Object.entries(av)) if (type?.prototype) watchMethods(name, type.prototype);

addonInfo();
const runtime = {
  platform: process.platform,
  arch: process.arch,
  threads: os.availableParallelism(),
  device: values.device,
};
const estimator = await classical.create(classical.parseOptions({}), { runtime });
const renderer = createRenderer({ device: values.device, interpolation: 'bicubic', border: 'replicate' });
for (const [file, { exports }] of Object.entries(createRequire(import.meta.url).cache)) {
  if (!file.endsWith('.node') || file.includes('node-av')) continue;
  watchMethods('addon', exports);
  if (exports.Engine?.prototype) watchMethods('Engine', exports.Engine.prototype);
}

let collected = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) collected += duration;
}).observe({ entryTypes: ['gc'] });

const onProcessor = () => Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
function watch() {
  const [loop, cpu, gc, start] = [performance.eventLoopUtilization(), onProcessor(), collected, performance.now()];
  return (frames) => ({
    active: performance.eventLoopUtilization(loop).active / frames,
    cpu: (onProcessor() - cpu) / frames,
    gc: (collected - gc) / frames,
    fps: frames / ((performance.now() - start) / 1000),
  });
}
/** Longest that a timer of a millisecond came late, since it was last asked. */
let late = 0;
let last = performance.now();
setInterval(() => {
  const now = performance.now();
  late = Math.max(late, now - last - 1);
  last = now;
}, 1).unref();

const shown = ({ active, cpu, gc, fps }) =>
  `busy ${active.toFixed(3)}  on CPU ${cpu.toFixed(3)}  collecting ${gc.toFixed(3)} ms  ${fps.toFixed(0).padStart(6)} /s`;
const rows = [];
function tell(run, stage, frames, whole, steady) {
  const top = [...calls].sort(([, a], [, b]) => b.total - a.total).slice(0, 8);
  rows.push({ run, stage, frames, whole, steady, late, top: top.map(([name, call]) => ({ name, ...call })) });
  console.log(
    `\nrun ${run}, ${stage}${frames > 1 ? ` of ${frames} frames, each` : ''}: ${shown(whole)}; longest stop ${late.toFixed(1)} ms`,
  );
  if (steady) console.log(`${' '.repeat(8)}after ${WARM} frames: ${shown(steady)}`);
  for (const [name, { total, count, most }] of top) {
    console.log(
      `${total.toFixed(2).padStart(10)} ms in ${String(count).padStart(5)} calls, longest ${most.toFixed(2).padStart(7)}  ${name}`,
    );
  }
  calls.clear();
  late = 0;
}
/** Lends the same pictures in host memory again and again, and forgets them. */
function nullSink() {
  const idle = [];
  let size;
  return {
    async open(output) {
      size = output;
    },
    allocate(like) {
      const frame = idle.pop() ?? allocateHostFrame(like.format, size, like);
      return { ...frame, planes: frame.planes, time: like.time, index: like.index, close: () => idle.push(frame) };
    },
    async write(frame) {
      frame.close();
    },
    async finish() {},
    async abort() {},
  };
}
const ahead = values['look-ahead'] === undefined ? undefined : Number(values['look-ahead']);
const output = path.join(os.tmpdir(), `gimbal-calls-${process.pid}.mp4`);
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

for (let run = 0; run < Number(runs); run++) {
  let of = watch();
  const source =
    ordinal === undefined
      ? await openVideo(clip, { cuda: cudaBridge, cacheBytes: 2 ** 31 })
      : await openDeviceClip(clip, { device: `cuda:${ordinal}`, decoder: values.decoder, once: ahead !== undefined });
  await turn();
  tell(run, `opening for ${source.decoder.name}`, 1, of(1));
  let [frames, written] = [0, 0];
  let [warm, analysed, analysedWarm] = [];
  const video = source.video ?? source;
  const made = encoders[values.sink]?.(output, { source: video, overwrite: true, preset: 'ultrafast' }) ?? nullSink();
  const sink = {
    open(size) {
      of = watch();
      return made.open(size);
    },
    allocate: (like) => made.allocate(like),
    async write(frame) {
      await made.write(frame);
      if (++written === WARM) warm = watch();
    },
    finish: () => made.finish(),
    abort: () => made.abort(),
  };
  const plans = [];
  const plan = (options) => {
    plans.push(threadPlan({ name: 'gaussian' }, options));
    return plans[0];
  };
  of = watch();
  await stabilize({
    source,
    estimator,
    lookAhead: ahead && { seconds: ahead, plan },
    smoother: createSmoother(ahead ? 'gaussian' : 'l1-optimal', {}),
    renderer,
    sink,
    onProgress({ stage, done }) {
      if (stage === 'analyze') {
        frames = done;
        if (warm === undefined && done >= WARM) {
          warm = watch();
          warm.from = done;
        }
      } else if (stage === 'smooth' && analysed === undefined) {
        analysed = of(frames);
        analysedWarm = warm?.(frames - warm.from);
        warm = undefined;
        tell(run, 'decoding and analysis', frames, analysed, analysedWarm);
      }
    },
  });
  for (const { close } of plans) await close();
  const stage = ahead ? 'everything' : 'smoothing and rendering (busy: rendering only)';
  tell(run, stage, written, of(written), warm?.(written - WARM));
  of = watch();
  await source.close();
  await turn();
  tell(run, 'closing', 1, of(1));
}
rmSync(output, { force: true });
await estimator.dispose?.();
await renderer.dispose?.();
const end = rows.filter(({ run }) => run === Number(runs) - 1);
const passes = end.filter(({ frames }) => frames > 1);
const of = (key, part) => passes.reduce((total, row) => total + (row[part]?.[key] ?? 0), 0).toFixed(3);
console.log(
  `\nlast run, analysis and rendering together, ms a frame: busy ${of('active', 'whole')}, on CPU ${of('cpu', 'whole')}; steady: busy ${of('active', 'steady')}, on CPU ${of('cpu', 'steady')}`,
);
if (process.stdout.isTTY !== true)
  console.log(JSON.stringify({ node: process.version, clip: clip.split('/').at(-1), ...values, rows }));
