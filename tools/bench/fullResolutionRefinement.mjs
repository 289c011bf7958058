// What the full-resolution refinement gains on real clips: the classical answer is perturbed at random by as much as a learned estimator
// is off, and refined; with --start ihn the start is the learned estimator's own answer, refined with its inlier map. Prints a table;
// --json for the numbers. Needs `npm run build` and the research clips.
//   node tools/bench/fullResolutionRefinement.mjs [--clips Regular/steps,Crowd] [--pairs 20] [--off 1.5 | --start ihn] [--analysis 640] [--points 6000] [--json]
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  cornerError,
  frameCorners,
  homographyFromCorners,
  invertHomography,
  normalizeHomography,
  rescaleHomography,
} from '@gimbal/core/geometry';
import { createClassicalEstimator } from '@gimbal/cuda-classical';
import { createIhnEstimator } from '@gimbal/ihn';
import { createAligner, resizeArea } from '@gimbal/native';
import { openVideo } from '@gimbal/video';

const TEN =
  'Regular/steps,Regular/crossing,Regular/plaza,Regular/foreman,Regular/infrared,Crowd/monorail,Parallax/forest,Parallax/corridor,' +
  'QuickRotation/skater,QuickRotation/dusk-street,Running/rover,Running/skyline,Zooming/kitten';
const { values: options } = parseArgs({
  options: {
    clips: { type: 'string', default: TEN },
    pairs: { type: 'string', default: '20' },
    off: { type: 'string', default: '1.5' },
    start: { type: 'string', default: 'perturbed' },
    analysis: { type: 'string', default: '640' },
    points: { type: 'string', default: '6000' },
    json: { type: 'boolean', default: false },
  },
});
const shared = process.env.GIMBAL_SHARED ?? path.resolve(import.meta.dirname, '../../../shared');
const manifest = path.join(shared, 'data/clips/manifest.json');
if (!existsSync(manifest)) {
  console.log(`skipped: no research clips at ${path.dirname(manifest)} (GIMBAL_SHARED points elsewhere)`);
  process.exit(0);
}

/** SplitMix32: the same perturbations every run. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** Every corner moved by two thirds to four thirds of `off` pixels in some direction. */
function perturbed(h, size, off, draw) {
  const corners = frameCorners(size);
  const moved = corners.slice();
  for (let k = 0; k < 4; k++) {
    const [x, y] = [corners[2 * k], corners[2 * k + 1]];
    const w = h[6] * x + h[7] * y + h[8];
    const angle = 2 * Math.PI * draw();
    const length = off * (2 / 3 + (2 / 3) * draw());
    moved[2 * k] = (h[0] * x + h[1] * y + h[2]) / w + length * Math.cos(angle);
    moved[2 * k + 1] = (h[3] * x + h[4] * y + h[5]) / w + length * Math.sin(angle);
  }
  return homographyFromCorners(corners, moved);
}

/**
 * Robust mean absolute difference of two pictures, every pixel, `h` maps the first to the second: bilinear samples, the median
 * difference of light taken off, the largest fifth of the differences (what moves by itself) left out. Grey levels.
 */
function photometricResidual(before, after, h) {
  const { width, height } = before;
  const differences = [];
  for (let y = 4; y < height - 4; y++) {
    for (let x = 4; x < width - 4; x++) {
      const w = h[6] * x + h[7] * y + h[8];
      const u = (h[0] * x + h[1] * y + h[2]) / w;
      const v = (h[3] * x + h[4] * y + h[5]) / w;
      if (!(u >= 0 && v >= 0 && u < width - 1 && v < height - 1)) continue;
      const [iu, iv] = [Math.floor(u), Math.floor(v)];
      const [fu, fv] = [u - iu, v - iv];
      const at = iv * width + iu;
      const d = after.data;
      const top = d[at] * (1 - fu) + d[at + 1] * fu;
      const bottom = d[at + width] * (1 - fu) + d[at + width + 1] * fu;
      differences.push(top * (1 - fv) + bottom * fv - before.data[y * width + x]);
    }
  }
  const sorted = Float32Array.from(differences).sort();
  const light = sorted[sorted.length >> 1];
  const absolute = sorted.map((d) => Math.abs(d - light)).sort();
  const kept = Math.floor(absolute.length * 0.8);
  let sum = 0;
  for (let i = 0; i < kept; i++) sum += absolute[i];
  return sum / kept;
}

async function measured(file) {
  const source = await openVideo(path.join(shared, 'data/clips', file));
  const classical = await createClassicalEstimator();
  const aligner = createAligner({ analysisSize: Number(options.analysis), points: Number(options.points) });
  const learned = options.start === 'ihn' ? await createIhnEstimator() : undefined;
  const refined = learned && (await createIhnEstimator({ refineAtFullResolution: true }));
  const wanted = Number(options.pairs);
  const every = Math.max(2, Math.floor((source.info.frameCount ?? 200) / (wanted + 1)));
  const draw = random([...file].reduce((sum, c) => Math.imul(sum, 31) + c.charCodeAt(0), 7));
  const rows = [];
  const times = [];
  let previous;
  for await (const frame of source.frames()) {
    if (rows.length >= wanted) {
      frame.close();
      break;
    }
    const size = { width: frame.width, height: frame.height };
    if (frame.index % every === 1 && previous) {
      const field = await classical.estimate(previous, frame);
      const traced = learned && (await learned.trace(previous, frame)).field;
      const measured = [field, ...(traced ? [traced] : [])];
      if (measured.every(({ verdict, model }) => verdict === 'ok' && model === 'homography')) {
        const truth = field.homographies;
        const start = traced?.homographies ?? perturbed(truth, size, Number(options.off), draw);
        const found =
          (await refined?.trace(previous, frame))?.alignment ?? (await aligner.align(previous, frame, start));
        await aligner.align(previous, frame, start);
        const again = performance.now();
        await aligner.align(previous, frame, start);
        times.push(performance.now() - again); // both frames are prepared: what a pair costs beside its preparation
        const back = await aligner.align(frame, previous, invertHomography(start));
        const scale = Math.min(1, 640 / Math.max(size.width, size.height));
        const small = { width: Math.round(size.width * scale), height: Math.round(size.height * scale) };
        const [a, b] = await Promise.all([previous, frame].map((f) => resizeArea(f.planes[0], f.format, small)));
        const residual = (h) => photometricResidual(a, b, rescaleHomography(h, size, small));
        rows.push({
          toClassical: cornerError(found.homography, truth, size),
          startToClassical: cornerError(start, truth, size),
          thereAndBack: cornerError(normalizeHomography(found.homography), invertHomography(back.homography), size),
          converged: found.converged,
          start: residual(start),
          classical: residual(truth),
          aligned: residual(found.homography),
          inlierShare: found.inlierShare,
          cornerSigma: found.cornerSigma,
        });
      }
    }
    previous?.close();
    previous = frame;
  }
  previous?.close();
  classical.dispose();
  await learned?.dispose();
  await refined?.dispose();
  aligner.dispose();
  await source.close();
  return { file, width: source.info.width, height: source.info.height, rows, milliseconds: median(times) };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? Number.NaN : sorted[sorted.length >> 1];
}

const files = JSON.parse(readFileSync(manifest, 'utf8')).map(({ file }) => file);
const chosen = files.filter((file) => options.clips.split(',').some((word) => file.includes(word)));
const results = [];
const line = (...cells) => console.log(`| ${cells.join(' | ')} |`);
if (!options.json) {
  line(
    'clip',
    'size',
    'pairs',
    'kept',
    'start→classical px',
    'aligned→classical px',
    'there and back px',
    'sigma px',
    'residual start',
    'classical',
    'aligned',
    'better',
    'ms',
  );
  line(...Array(13).fill('---'));
}
for (const file of chosen) {
  const result = await measured(file);
  results.push(result);
  const { rows } = result;
  const of = (key) => median(rows.map((row) => row[key]));
  const better = rows.filter((row) => row.aligned <= row.classical).length;
  if (!options.json) {
    line(
      file,
      `${result.width}×${result.height}`,
      rows.length,
      rows.filter((row) => !row.converged).length,
      of('startToClassical').toFixed(2),
      of('toClassical').toFixed(3),
      of('thereAndBack').toFixed(3),
      of('cornerSigma').toFixed(3),
      of('start').toFixed(3),
      of('classical').toFixed(3),
      of('aligned').toFixed(3),
      `${better}/${rows.length}`,
      result.milliseconds.toFixed(2),
    );
  }
}
if (options.json) console.log(JSON.stringify({ options, results }, null, 1));
else {
  const all = results.flatMap(({ rows }) => rows);
  const of = (key) => median(all.map((row) => row[key])).toFixed(3);
  line(
    'all (median of pairs)',
    '',
    all.length,
    all.filter((row) => !row.converged).length,
    of('startToClassical'),
    of('toClassical'),
    of('thereAndBack'),
    of('cornerSigma'),
    of('start'),
    of('classical'),
    of('aligned'),
    `${all.filter((row) => row.aligned <= row.classical).length}/${all.length}`,
    median(results.map(({ milliseconds }) => milliseconds)).toFixed(2),
  );
}
