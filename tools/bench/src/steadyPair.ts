import { existsSync, rmSync } from 'node:fs';
import type { Clip } from './clips.js';
import { analyzeFile, evaluatePair, type Figures, figures, stabilizeFile } from './gimbal.js';
import type { BenchOptions } from './options.js';
import { workFile } from './places.js';
import { vidstabFile } from './vidstab.js';

/** A clip steadied by vid.stab and by us at an equal or better cropping ratio, both measured by the same referee. */
export interface SteadyPair {
  readonly clip: string;
  readonly theirs: Figures;
  readonly ours: Figures;
  /** The crop budget that we were given. */
  readonly maxCrop: number;
}

const ENCODER = ['--codec', 'h264', '--crf', '16', '--preset', 'medium'];

/** Analyses the clip once and keeps the motion for every further run. */
export async function motionOf(clip: Clip, options: BenchOptions): Promise<string> {
  const motion = workFile('motion', `${clip.file}.json`);
  if (options.reuse && existsSync(motion)) return motion;
  rmSync(motion, { force: true });
  await analyzeFile(clip.path, motion);
  return motion;
}

/** Our run with a crop budget, measured. */
export async function ourRun(clip: Clip, motion: string, maxCrop: number, options: BenchOptions): Promise<Figures> {
  const output = workFile('steady', `${clip.file}.ours.mkv`);
  await stabilizeFile(clip.path, output, [
    '--motion',
    motion,
    '--max-crop',
    maxCrop.toFixed(4),
    ...ENCODER,
    ...options.extra,
  ]);
  const measured = figures(await evaluatePair(clip.path, output));
  rmSync(output);
  return measured;
}

/** Our run within a crop budget, and again within a smaller one where the picture that was left came out below `atLeast`. */
export async function ourFairRun(
  clip: Clip,
  motion: string,
  budget: number,
  atLeast: number,
  options: BenchOptions,
): Promise<{ first: Figures; fair: Figures; maxCrop: number }> {
  const first = await ourRun(clip, motion, budget, options);
  if (first.cropping >= atLeast) return { first, fair: first, maxCrop: budget };
  const maxCrop = Math.max(budget - (atLeast - first.cropping) - 0.001, 0);
  return { first, fair: await ourRun(clip, motion, maxCrop, options), maxCrop };
}

/** vid.stab first; its measured cropping ratio c makes our budget 1 − c, cut once if our measured ratio still is below theirs. */
export async function steadyPair(clip: Clip, options: BenchOptions): Promise<SteadyPair> {
  const theirOutput = workFile('steady', `${clip.file}.vidstab.mkv`);
  if (!options.reuse || !existsSync(theirOutput)) {
    await vidstabFile(clip.path, theirOutput, workFile('steady', `${clip.file.replace(/[^\w.]/g, '_')}.trf`));
  }
  const theirs = figures(await evaluatePair(clip.path, theirOutput));
  const motion = await motionOf(clip, options);
  const budget = Math.min(Math.max(1 - theirs.cropping, 0), 0.5);
  const { fair, maxCrop } = await ourFairRun(clip, motion, budget, theirs.cropping, options);
  return { clip: clip.file, theirs, ours: fair, maxCrop };
}
