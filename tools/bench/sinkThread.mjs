// `node tools/bench/sinkThread.mjs [--frames 300] [--preset ultrafast] [--rounds 3]`: what it costs the main thread to have 1080p pictures encoded by
// libx264, on this thread and in a thread of its own. The sink's memory is painted in the first frames, which do not count, and then lent again and
// again, so that nothing but the sink is at work. Printed for each: frames a second, the end of the file included; microseconds a frame that
// the event loop was busy and that the thread was on a processor.
import { readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createThreadSink } from '@gimbal/pipeline';
import { createVideoSink, pixelFormat } from '@gimbal/video';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '300' },
    preset: { type: 'string', default: 'ultrafast' },
    rounds: { type: 'string', default: '3' },
  },
});
const frames = Number(values.frames);
/** Frames that are painted and do not count: more than a sink takes memory for. */
const WARM = 40;
const size = { width: 1920, height: 1080 };
const format = pixelFormat('yuv420p');
const file = path.join(os.tmpdir(), `gimbal-sink-${process.pid}.mp4`);
const onProcessor = () => Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e3;

/** A texture with some noise, larger than a picture: pictures are cut from it, each a little farther. */
const wide = size.width + 2 * WARM;
const texture = new Uint8Array(wide * size.height);
for (let y = 0; y < size.height; y++) {
  for (let x = 0; x < wide; x++) {
    const wave = 128 + 50 * Math.sin(x / 37) + 40 * Math.cos(y / 23);
    texture[y * wide + x] = wave + (((x * 7919) ^ (y * 104729)) % 9);
  }
}
function paint({ planes, index }) {
  for (const { data, width, height, stride } of planes) {
    for (let y = 0; y < height; y++) {
      const from = y * wide + 2 * index;
      data.set(texture.subarray(from, from + width), y * stride);
    }
  }
}

async function measure(make) {
  const sink = make(file, { source: { format, frameRate: 30 }, preset: values.preset, overwrite: true });
  await sink.open(size);
  let [loop, cpu, start] = [];
  for (let index = 0; index < WARM + frames; index++) {
    if (index === WARM) [loop, cpu, start] = [performance.eventLoopUtilization(), onProcessor(), performance.now()];
    const frame = sink.allocate({ format, index, time: index / 30 });
    if (index < WARM) paint(frame);
    // A renderer looks at them.
    else if (frame.planes.length !== 3) throw new Error('A picture came without its planes.');
    await sink.write(frame);
  }
  const { active } = performance.eventLoopUtilization(loop);
  const worked = onProcessor() - cpu;
  await sink.finish();
  const rate = (frames / (performance.now() - start)) * 1000;
  const each = [(active * 1000) / frames, worked / frames].map((value) => value.toFixed(1));
  return `${rate.toFixed(0)} frames/s, busy ${each[0]} µs, on CPU ${each[1]} µs a frame`;
}

for (let round = 1; round <= Number(values.rounds); round++) {
  console.log(`round ${round}, on this thread:         ${await measure(createVideoSink)}`);
  console.log(`round ${round}, in a thread of its own: ${await measure(createThreadSink)}`);
}
rmSync(file);
