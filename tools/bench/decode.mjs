// `node tools/bench/decode.mjs CLIP...`: how fast each clip decodes by software and by the video engine of cuda:0, frames staying on the
// device; then with the frames fetched to host memory. Frames a second, median of RUNS passes after one to warm up, and the JavaScript
// thread's own time per frame. Ends with one JSON line.
import { allocateHostFrame, createFrameCopier, cudaBridge } from '@gimbal/native';
import { openVideo } from '@gimbal/video';

const RUNS = 3;
const clips = process.argv.slice(2);
if (clips.length === 0) {
  console.error('usage: node tools/bench/decode.mjs CLIP...');
  process.exit(2);
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** One pass: seconds, frames, the share of the time that JavaScript ran, its longest stretch without a break. */
async function pass(sources, use) {
  const before = performance.eventLoopUtilization();
  let longest = 0;
  let last = performance.now();
  const watch = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  const start = performance.now();
  const counts = await Promise.all(
    sources.map(async (source) => {
      let count = 0;
      for await (const frame of source.frames()) {
        await use?.(frame);
        frame.close();
        count++;
      }
      return count;
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  clearInterval(watch);
  const { active } = performance.eventLoopUtilization(before);
  const frames = counts.reduce((sum, count) => sum + count, 0);
  return { fps: frames / seconds, active: active / frames, frames, longest };
}

async function measured(sources, use) {
  await pass(sources, use);
  const runs = [];
  for (let i = 0; i < RUNS; i++) runs.push(await pass(sources, use));
  const of = (key) => median(runs.map((run) => run[key]));
  return { fps: of('fps'), active: of('active'), longest: of('longest'), frames: runs[0].frames };
}

const results = [];
function row(clip, how, { fps, active, longest, frames }) {
  results.push({ clip, how, fps, active, longest, frames });
  console.log(
    `${clip.padEnd(28)} ${how.padEnd(30)} ${fps.toFixed(0).padStart(6)} fps ${active.toFixed(3).padStart(7)} ms JS/frame ${longest.toFixed(1).padStart(6)} ms longest`,
  );
}

for (const clip of clips) {
  const name = clip.split('/').at(-1);
  const software = await openVideo(clip, { cuda: cudaBridge });
  row(name, 'software', await measured([software]));
  await software.close();
  const open = () => openVideo(clip, { device: 'auto', cuda: cudaBridge });
  const device = await open();
  console.log(`${name.padEnd(28)} ${device.decoder.name}: ${device.decoder.reason}`);
  if (device.decoder.name === 'nvdec') {
    row(name, 'nvdec, stays', await measured([device]));
    const copier = createFrameCopier(0);
    let target;
    const fetch = async (frame) => {
      target ??= allocateHostFrame(frame.format, frame, frame);
      await copier.copy(frame, target);
    };
    row(name, 'nvdec, fetched', await measured([device], fetch));
    await copier.dispose();
    const more = await Promise.all(Array.from({ length: 3 }, open));
    row(name, 'nvdec, four sources at once', await measured([device, ...more]));
    for (const source of more) await source.close();
  }
  await device.close();
}
console.log(JSON.stringify({ node: process.version, runs: RUNS, results }));
