// What a stranger writes first with the learned estimator: is a picture the same as itself?
import ihn from '@gimbal/ihn';
import { allocateHostFrame } from '@gimbal/native';

const format = {
  name: 'gray',
  layout: 'planar',
  chroma: false,
  bitDepth: 8,
  shift: 0,
  chromaShiftX: 0,
  chromaShiftY: 0,
};
const frame = allocateHostFrame(format, { width: 320, height: 180 }, { index: 0, time: 0 });
const [{ data }] = frame.planes;
data.set(data.map((_, i) => 128 + 90 * Math.sin(i / 17) * Math.cos(i / 3001)));
const runtime = { platform: process.platform, arch: process.arch, threads: 1, device: 'auto' };
const estimator = await ihn.create(ihn.parseOptions({ threads: 1 }), { runtime });
console.log((await estimator.estimate(frame, frame)).verdict);
await estimator.dispose();
