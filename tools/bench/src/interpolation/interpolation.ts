import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { HostFrame } from '@gimbal/core';
import { createClassicalEstimator } from '@gimbal/cuda-classical';
import { createInterpolator } from '@gimbal/interpolate';
import { openVideo } from '@gimbal/video';
import type { BenchOptions } from '../options.js';
import { shared } from '../places.js';
import { type Verdict, writeResults } from '../results.js';
import { printTable } from '../table.js';
import { madeBy, minterpolate, still } from './makers.js';
import { printed, withPrint } from './overlay.js';
import { blend, gradientEnergy, mean, meanLuma, type Picture, pictureOf, rgbPsnr } from './pictures.js';

/** Figures of one sequence: RGB PSNR in dB, means over the made frames. */
interface Row {
  readonly sequence: string;
  readonly size: string;
  readonly triplets: number;
  readonly repeat: number;
  readonly blend: number;
  readonly minterpolate: number;
  readonly camera: number;
  readonly lite: number;
  /** The network without the camera taken out first. */
  readonly liteAlone: number;
  /** Every fourth frame kept: t = ¼, ½, ¾. */
  readonly anyTime: readonly number[];
  /** Mean of |mean luma of a made frame − of the filmed one|, of 255. */
  readonly flicker: number;
  /** The same of the mean of both neighbours. */
  readonly flickerOfNeighbours: number;
  /** Gradient energy made / filmed. */
  readonly gradient: number;
  readonly gradientMinterpolate: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

/** Frames of a sequence, and of a shaky clip. */
const FRAMES = 13;
const CLIP_FRAMES = 9;

/** `npm run bench -- interpolate`: every second frame left out and made again, beside blending and FFmpeg's minterpolate on the same frames. */
export async function interpolation(options: BenchOptions): Promise<Verdict[]> {
  const evaluation = path.join(shared, 'data/motion/eval');
  if (!existsSync(evaluation)) {
    console.log(`skipped: there are no sequences at ${evaluation}`);
    return [];
  }
  const clips = path.join(shared, 'data/clips');
  const wanted = (file: string) => options.clips.length === 0 || options.clips.some((word) => file.includes(word));
  const sequences = listed(evaluation).filter(wanted);
  const shaky = listed(clips).filter(wanted);
  const rows: Row[] = [];
  const { interpolator } = await createInterpolator('lite', { threads: 2 });
  const { interpolator: camera } = await createInterpolator('camera', { threads: 2 });
  const estimator = await createClassicalEstimator({ device: 'cpu', threads: 2 });
  for (const file of [...sequences, ...shaky]) {
    const frames = await framesOf(file, options.frames ?? (file.startsWith(clips) ? CLIP_FRAMES : FRAMES));
    if (frames.length < 7) {
      console.log(`skipped: ${file} has ${frames.length} frames of 8-bit 4:2:0`);
      continue;
    }
    const row = await measured(path.relative(path.join(shared, 'data'), file), frames, {
      interpolator,
      camera,
      estimator,
    });
    rows.push(row);
    const { sequence, blend: mixed, minterpolate: peer, camera: plain, lite } = row;
    console.log([sequence, mixed, peer, plain, lite].map((v) => (typeof v === 'number' ? v.toFixed(2) : v)).join('  '));
    for (const frame of frames) frame.close();
  }
  const overlay = await overlayFigures(sequences, options, { interpolator, camera, estimator });
  await interpolator.dispose?.();
  await estimator.dispose?.();
  printTable(
    ['sequence', 'n', 'repeat', 'blend', 'minterpolate', 'camera', 'lite', 'lite alone', 'flicker', 'gradient'],
    rows.map((r) => [
      r.sequence,
      r.triplets,
      r.repeat,
      r.blend,
      r.minterpolate,
      r.camera,
      r.lite,
      r.liteAlone,
      r.flicker,
      r.gradient,
    ]),
  );
  const verdicts = verdictsOf(rows, overlay);
  writeResults('interpolate', verdicts, { frames: options.frames ?? FRAMES, rows, overlay }, options);
  return verdicts;
}

type Makers = Record<'interpolator' | 'camera', Awaited<ReturnType<typeof createInterpolator>>['interpolator']> & {
  readonly estimator: Awaited<ReturnType<typeof createClassicalEstimator>>;
};

async function measured(sequence: string, frames: readonly HostFrame[], makers: Makers): Promise<Row> {
  const truth = frames.map(pictureOf);
  const peer = minterpolate(frames);
  // The peer makes nothing in the last interval: all are judged on the frames that it makes.
  const judged = [...peer.pictures.keys()].filter((k) => k + 1 < frames.length);
  const score = (pictures: ReadonlyMap<number, Picture>) =>
    mean(judged.map((k) => rgbPsnr(pictures.get(k) as Picture, truth[k])));
  const ours = await madeBy(makers.interpolator, makers.estimator, frames, 2);
  const plain = await madeBy(makers.camera, makers.estimator, frames, 2);
  const alone = await madeBy(makers.interpolator, still, frames, 2);
  const quarters = await madeBy(makers.interpolator, makers.estimator, frames, 4);
  const at = (rest: number) =>
    mean([...quarters.pictures].filter(([k]) => k % 4 === rest).map(([k, picture]) => rgbPsnr(picture, truth[k])));
  const energy = (pictures: ReadonlyMap<number, Picture>) =>
    mean(judged.map((k) => gradientEnergy(pictures.get(k) as Picture))) /
    mean(judged.map((k) => gradientEnergy(truth[k])));
  const [{ width, height }] = frames;
  return {
    sequence,
    size: `${width}×${height}`,
    triplets: judged.length,
    repeat: mean(judged.map((k) => rgbPsnr(truth[k - 1], truth[k]))),
    blend: mean(judged.map((k) => rgbPsnr(blend(truth[k - 1], truth[k + 1]), truth[k]))),
    minterpolate: score(peer.pictures),
    camera: score(plain.pictures),
    lite: score(ours.pictures),
    liteAlone: score(alone.pictures),
    anyTime: [at(1), at(2), at(3)],
    flicker: mean(
      judged.map((k) =>
        Math.abs(meanLuma(ours.pictures.get(k) as Picture) - (meanLuma(truth[k - 1]) + meanLuma(truth[k + 1])) / 2),
      ),
    ),
    flickerOfNeighbours: mean(
      judged.map((k) => Math.abs(meanLuma(truth[k]) - (meanLuma(truth[k - 1]) + meanLuma(truth[k + 1])) / 2)),
    ),
    gradient: energy(ours.pictures),
    gradientMinterpolate: energy(peer.pictures),
    cpuSeconds: ours.cpuSeconds / ours.pictures.size,
    wallSeconds: ours.wallSeconds / ours.pictures.size,
  };
}

/** PSNR of luma under the print. */
async function overlayFigures(sequences: readonly string[], { frames: most }: BenchOptions, makers: Makers) {
  const rows: { sequence: string; lite: number; minterpolate: number; movedShare: number }[] = [];
  for (const file of sequences) {
    const frames = (await framesOf(file, Math.min(most ?? 31, 31))).map(withPrint);
    if (frames.length < 7) continue;
    const truth = frames.map(pictureOf);
    const ours = await madeBy(makers.interpolator, makers.estimator, frames, 2);
    const peer = minterpolate(frames);
    const judged = [...peer.pictures.keys()].filter((k) => k + 1 < frames.length);
    const inside = judged.map((k) => underPrint(ours.pictures.get(k) as Picture, truth[k]));
    rows.push({
      sequence: path.basename(file),
      lite: mean(inside.map(({ psnr }) => psnr)),
      minterpolate: mean(judged.map((k) => underPrint(peer.pictures.get(k) as Picture, truth[k]).psnr)),
      movedShare: mean(inside.map(({ lost }) => lost)),
    });
  }
  return rows;
}

/** PSNR of luma where print is, and the share of its pixels that lost more than half of their contrast. */
function underPrint(made: Picture, truth: Picture): { readonly psnr: number; readonly lost: number } {
  const { width, height } = truth;
  let [sum, count, lost] = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!printed(x, y, width, height)) continue;
      const apart = made.data[y * width + x] - truth.data[y * width + x];
      sum += apart * apart;
      count++;
      if (Math.abs(apart) > 60) lost++;
    }
  }
  return { psnr: -10 * Math.log10(Math.max(sum / count / 255 ** 2, 1e-10)), lost: lost / count };
}

function verdictsOf(rows: readonly Row[], overlay: readonly { lite: number; movedShare: number }[]): Verdict[] {
  const [tests, shaky] = [
    rows.filter((r) => r.sequence.startsWith('motion')),
    rows.filter((r) => r.sequence.startsWith('clips')),
  ];
  const dB = (value: number) => `${value >= 0 ? '+' : ''}${value.toFixed(2)} dB`;
  const verdicts: Verdict[] = [];
  const add = (figure: string, target: string, text: string, reached: boolean) =>
    verdicts.push({ figure, target, measured: text, reached });
  if (tests.length > 0) {
    const gain = mean(tests.map((r) => r.lite - r.minterpolate));
    const lost = tests.filter((r) => r.lite < r.minterpolate).map((r) => r.sequence);
    add(
      'lite above minterpolate, evaluation sequences',
      '≥ +1.0 dB',
      `${dB(gain)} (${lost.length} of ${tests.length} below it)`,
      gain >= 1,
    );
    const apart = tests.map((r) => Math.max(...r.anyTime) - Math.min(...r.anyTime));
    add('any t: worst of ¼, ½, ¾ below best, mean', '≤ 1.0 dB', `${mean(apart).toFixed(2)} dB`, mean(apart) <= 1);
    const flicker = mean(tests.map((r) => r.flicker));
    add('flicker of mean luma', '≤ 0.15', flicker.toFixed(3), flicker <= 0.15);
    const gradient = mean(tests.map((r) => r.gradient));
    add('gradient energy made / filmed', '≥ 0.85', gradient.toFixed(3), gradient >= 0.85);
    const speed = tests.filter((r) => r.size === '854×480').map((r) => 1 / r.wallSeconds);
    add('made frames a second at 854×480, 2 threads', '≥ 5', mean(speed).toFixed(2), mean(speed) >= 5);
  }
  if (shaky.length > 0) {
    const gain = mean(shaky.map((r) => r.lite - r.liteAlone));
    add('camera first, shaky clips', '≥ +0.3 dB', dB(gain), gain >= 0.3);
    const peer = mean(shaky.map((r) => r.lite - r.minterpolate));
    add('lite above minterpolate, shaky clips', '–', dB(peer), peer >= 0);
  }
  if (overlay.length > 0) {
    const inside = mean(overlay.map((r) => r.lite));
    add('inside an overlay', '≥ 42 dB', `${inside.toFixed(1)} dB`, inside >= 42);
    const moved = mean(overlay.map((r) => r.movedShare));
    add('share of print that lost its place', '0', moved.toFixed(4), moved === 0);
  }
  return verdicts;
}

function listed(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(mp4|m4v|avi|webm|mkv|mov|264)$/.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}

/** The first frames of a clip, if they are 4:2:0 of 8 bits; those that repeat the one before are left out. */
async function framesOf(file: string, most: number): Promise<HostFrame[]> {
  const source = await openVideo(file);
  const frames: HostFrame[] = [];
  if (source.info.format.name === 'yuv420p') {
    for await (const frame of source.frames()) {
      const last = frames[frames.length - 1];
      const repeats =
        last !== undefined &&
        Buffer.compare(Buffer.from(pictureOf(last).data), Buffer.from(pictureOf(frame).data)) === 0;
      if (repeats) frame.close();
      // Some sequences have no clock of their own.
      else frames.push(timedAt(frame, frames.length));
      if (frames.length === most) break;
    }
  }
  await source.close();
  return frames;
}

function timedAt(frame: HostFrame, index: number): HostFrame {
  const { width, height, format, fullRange } = frame;
  return {
    memory: 'host',
    ...{ width, height, format, fullRange, index, time: index / 50 },
    get planes() {
      return frame.planes;
    },
    clone: () => timedAt(frame.clone() as HostFrame, index),
    close: () => frame.close(),
  };
}
