// `node tools/bench/frameThread.mjs [--frames 3000] [--pace MILLISECONDS] [--once]`: what it costs the main thread to hear of frames that another
// thread brings onto a device. The frames are descriptions only (1080p NV12, no device is touched), made as fast as they are taken or one every
// --pace milliseconds. Printed for four passes, microseconds a frame: how long the event loop was busy and how long the thread was on a
// processor. With --once nothing is kept, so that every pass is a first one.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isMainThread, MessageChannel, parentPort, Worker, workerData } from 'node:worker_threads';
import { serveFrames, ThreadFrames } from '@gimbal/native';
import { pixelFormat } from '@gimbal/video';

const size = { width: 1920, height: 1080 };
const format = pixelFormat('nv12');
const plane = { typestr: '|u1', stream: 1n, device: 0 };

function described(index) {
  const pointer = 4096n * BigInt(index + 1);
  const planes = [
    { ...plane, shape: [1080, 1920], strides: [2048, 1], pointer },
    { ...plane, shape: [540, 960, 2], strides: [2048, 2, 1], pointer: pointer + 2048n },
  ];
  return { ...size, format, memory: 'cuda', index, time: index / 30, fullRange: false, planes, close() {} };
}

function serve({ port, frames, pace, once }) {
  let kept = 0;
  let complete = false;
  const started = performance.now();
  const source = {
    info: { ...size, format, frameRate: 30, frameCount: frames, duration: frames / 30 },
    device: 'cuda:0',
    warnings: [],
    get kept() {
      return { complete, frames: kept, bytes: 0, budgetBytes: 0, clipBytes: 0, passes: 1 };
    },
    async *frames() {
      const start = performance.now() - started;
      for (let index = 0; index < frames; index++) {
        const wait = start + index * pace - (performance.now() - started);
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        else if (index % 4 === 0) await new Promise((resolve) => setImmediate(resolve));
        if (!once) kept++;
        yield described(index);
      }
      complete = !once;
    },
    async close() {},
  };
  parentPort.postMessage(serveFrames(port, source).clip);
}

async function measure({ frames, pace, once }) {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { port: port2, frames, pace, once },
    transferList: [port2],
  });
  const source = new ThreadFrames(port1, await new Promise((resolve) => worker.once('message', resolve)));
  const onProcessor = () =>
    Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e3;
  for (let pass = 0; pass < 4; pass++) {
    const [loop, cpu, start] = [performance.eventLoopUtilization(), onProcessor(), performance.now()];
    let before;
    for await (const frame of source.frames()) {
      if (frame.planes[0].pointer !== 4096n * BigInt(frame.index + 1)) throw new Error('A frame came out wrong.');
      before?.close();
      before = frame;
    }
    before.close();
    const { active } = performance.eventLoopUtilization(loop);
    const each = [(active * 1000) / frames, (onProcessor() - cpu) / frames].map((value) => value.toFixed(1));
    const rate = (frames / (performance.now() - start)) * 1000;
    console.log(`pass ${pass + 1}: ${rate.toFixed(0)} frames/s, busy ${each[0]} µs, on CPU ${each[1]} µs a frame`);
  }
  await source.close();
}

if (isMainThread) {
  const { values } = parseArgs({
    options: {
      frames: { type: 'string', default: '3000' },
      pace: { type: 'string', default: '0' },
      once: { type: 'boolean', default: false },
    },
  });
  await measure({ frames: Number(values.frames), pace: Number(values.pace), once: values.once });
} else serve(workerData);
