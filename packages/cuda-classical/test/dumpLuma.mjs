// Writes luma planes of real clips for estimate/clip-agreement.cpp: node test/dumpLuma.mjs OUT [CLIPS] [FRAMES] [MAX_BYTES]
// Clips come from shared data beside the repository (GIMBAL_SHARED overrides), spread over its categories; only frames of 8-bit luma.
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { openVideo } from '@gimbal/video';

const [out, clips = '10', frames = '12', most = '30000000'] = process.argv.slice(2);
if (!out) throw new Error('usage: node test/dumpLuma.mjs OUT [CLIPS] [FRAMES] [MAX_BYTES]');
const root = path.resolve(import.meta.dirname, '../../..');
const folder = path.join(process.env.GIMBAL_SHARED ?? path.join(root, '../shared'), 'data/clips');
const all = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
const chosen = spread(all, Number(clips));

mkdirSync(path.dirname(out), { recursive: true });
const file = openSync(out, 'w');
write(Buffer.from('GIMBALY1'));
write(whole(chosen.length));
const budget = (Number(most) - 1000) / chosen.length;
let total = 12;
for (const clip of chosen) {
  const planes = await lumaOf(path.join(folder, clip.file), Number(frames), budget);
  const name = Buffer.alloc(64);
  name.write(clip.file.slice(0, 63));
  write(Buffer.concat([name, whole(planes.width), whole(planes.height), whole(planes.list.length)]));
  for (const plane of planes.list) write(plane);
  total += 76 + planes.list.length * planes.width * planes.height;
  console.log(`${clip.file}: ${planes.list.length} frames of ${planes.width}x${planes.height}`);
}
closeSync(file);
console.log(`${out}: ${total} bytes`);

/** Consecutive frames from a second into the clip, as many as asked for and as the budget allows. */
async function lumaOf(clip, wanted, bytes) {
  const source = await openVideo(clip);
  const list = [];
  const { width, height } = source.info;
  const count = Math.max(2, Math.min(wanted, Math.floor(bytes / (width * height))));
  for await (const frame of source.frames()) {
    if (frame.index >= 30 && frame.format.bitDepth === 8) list.push(packed(frame.planes[0]));
    frame.close();
    if (list.length === count) break;
  }
  await source.close?.();
  return { width, height, list };
}

function packed({ data, width, height, stride }) {
  const plane = Buffer.alloc(width * height);
  for (let y = 0; y < height; y++) plane.set(data.subarray(y * stride, y * stride + width), y * width);
  return plane;
}

/** `count` of the list, evenly. */
function spread(list, count) {
  return Array.from({ length: count }, (_, i) => list[Math.floor((i * list.length) / count)]);
}

function whole(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function write(bytes) {
  writeSync(file, bytes);
}
