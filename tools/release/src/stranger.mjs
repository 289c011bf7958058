// What a stranger does with the packages in an empty folder: something real with each of them. Prints one line of JSON.
import { cropBudget, YUV420P } from '@gimbal/core';
import { applyHomography, cornerError, translationHomography } from '@gimbal/core/geometry';
import classical from '@gimbal/cuda-classical';
import ihn, { ihnRuntime } from '@gimbal/ihn';
import { cornerJitter, meanAverageCornerError } from '@gimbal/metrics';
import { allocateHostFrame, resizeArea } from '@gimbal/native';
import { createSmoother } from '@gimbal/smoothers';
import { createVideoSink, openVideo } from '@gimbal/video';

const size = { width: 320, height: 180 };

// A texture of slow waves and random blocks, moved by (dx, dy).
const blocks = Array.from({ length: 64 * 64 }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 24) / 4);
function picture(index, dx, dy) {
  const frame = allocateHostFrame(YUV420P, size, { index, time: index / 24 });
  const [luma, ...chroma] = frame.planes;
  for (let y = 0; y < luma.height; y++) {
    for (let x = 0; x < luma.width; x++) {
      const u = x - dx + 1000;
      const v = y - dy + 1000;
      const block = blocks[((u >> 4) & 63) + 64 * ((v >> 4) & 63)];
      luma.data[y * luma.stride + x] = 90 + block + 30 * Math.sin(u / 9) * Math.cos(v / 7);
    }
  }
  for (const plane of chroma) plane.data.fill(128);
  return frame;
}

// native
const flat = allocateHostFrame(YUV420P, { width: 64, height: 48 }, { index: 0, time: 0 });
flat.planes[0].data.fill(100);
const small = await resizeArea(flat.planes[0], YUV420P, { width: 32, height: 24 });

// cuda-classical
const runtime = { platform: process.platform, arch: process.arch, threads: 1, device: 'auto' };
const estimator = await classical.create(classical.parseOptions({}), { runtime });
const previous = picture(0, 0, 0);
const current = picture(1, 3, -2);
const field = await estimator.estimate(previous, current);

// ihn: what it has to run with, and the same pair once it has weights
const { providers, weights } = await ihnRuntime();
let learned = 'no weights';
if (weights.found) {
  const network = await ihn.create(ihn.parseOptions({ threads: 1 }), { runtime });
  learned = (await network.estimate(previous, previous)).verdict;
  await network.dispose();
}

// smoothers, metrics
const times = Float64Array.from({ length: 60 }, (_, i) => i / 30);
const parameters = Float64Array.from({ length: 480 }, (_, i) => (i % 8 ? 0 : 5 * Math.sin(i)));
const path = { size, times, parameters, confidence: new Float64Array(60).fill(1) };
const steady = await createSmoother('min-acceleration').smooth(path, cropBudget(size, 0.1));
const jitter = cornerJitter([translationHomography(0, 0), translationHomography(4, 0)], size);

// video: write a clip that shakes, read it again
const sink = await createVideoSink('written.mp4', { source: { frameRate: 24, format: YUV420P } });
await sink.open(size);
for (let i = 0; i < 24; i++) await sink.write(picture(i, Math.round(4 * Math.sin(i)), Math.round(3 * Math.cos(2 * i))));
await sink.finish();
const source = await openVideo('written.mp4');
let written = 0;
for await (const frame of source.frames()) {
  frame.close();
  written++;
}
await source.close();

console.log(
  JSON.stringify({
    resized: [small.width, small.height],
    resizedMean: small.data.reduce((sum, value) => sum + value, 0) / small.data.length,
    cornerError: cornerError(field.homographies, translationHomography(3, -2), size),
    providers,
    learned,
    smoothed: steady.times.length,
    distance: meanAverageCornerError([translationHomography(3, 4)], [translationHomography(0, 0)], size),
    jitter,
    point: applyHomography(field.homographies, 0, 0),
    written,
  }),
);
