import { rmSync } from 'node:fs';
import type { ClipSteadiness, Evaluation } from '@gimbal/metrics';
import { type Cost, successfulRun } from './measuredRun.js';
import { gimbalMain } from './places.js';

/** Runs `gimbal stabilize IN OUT` with these options, replacing what is there. */
export function stabilizeFile(input: string, output: string, options: readonly string[]): Promise<Cost> {
  const command = [process.execPath, gimbalMain, 'stabilize', input, output];
  return successfulRun([...command, '--overwrite', '--allow-truncated', '--quiet', ...options]);
}

/** Measures a pair of files with `gimbal evaluate`. */
export async function evaluatePair(original: string, stabilized: string): Promise<Evaluation> {
  const { stdout } = await successfulRun([
    process.execPath,
    gimbalMain,
    'evaluate',
    original,
    stabilized,
    '--json',
    '--quiet',
  ]);
  return (JSON.parse(stdout) as { evaluation: Evaluation }).evaluation;
}

/** Measures the camera motion of a clip once, for any number of later runs. */
export async function analyzeFile(input: string, motion: string): Promise<void> {
  const throwaway = `${motion}.mkv`;
  await stabilizeFile(input, throwaway, ['--export-motion', motion, '--smoother', 'gaussian', '--preset', 'ultrafast']);
  rmSync(throwaway);
}

/** The figures of one evaluation that the tables use. Those that a clip does not have are `null`. */
export interface Figures {
  readonly cropping: number;
  readonly distortionP5: number;
  readonly distortionMin: number;
  readonly stabilityIn: number | null;
  readonly stability: number | null;
  /** `path-min`: the bounded definition, which also clips have whose chained homographies fold. */
  readonly pathStabilityIn: number | null;
  readonly pathStability: number | null;
  readonly jitterIn: number | null;
  readonly jitter: number | null;
  readonly jitterRmsIn: number | null;
  readonly jitterRms: number | null;
  readonly borderShare: number;
  readonly borderLargest: number;
  readonly unmatched: number;
  readonly lostPairs: number;
}

export function figures(evaluation: Evaluation): Figures {
  const { original, stabilized, distortion, borders, unmatched } = evaluation;
  const jitter = (clip: ClipSteadiness) => (clip.jitter.status === 'measured' ? clip.jitter : undefined);
  const stability = (clip: ClipSteadiness, definition: 'bundledMin' | 'pathMin') => {
    const answer = clip.stability[definition];
    return answer.status === 'measured' ? answer.score : null;
  };
  return {
    cropping: evaluation.cropping,
    distortionP5: distortion.eigenvalue.p5,
    distortionMin: distortion.eigenvalue.min,
    stabilityIn: stability(original, 'bundledMin'),
    stability: stability(stabilized, 'bundledMin'),
    pathStabilityIn: stability(original, 'pathMin'),
    pathStability: stability(stabilized, 'pathMin'),
    jitterIn: jitter(original)?.median ?? null,
    jitter: jitter(stabilized)?.median ?? null,
    jitterRmsIn: jitter(original)?.rms ?? null,
    jitterRms: jitter(stabilized)?.rms ?? null,
    borderShare: borders.frameShare,
    borderLargest: borders.largest,
    unmatched: unmatched.length,
    lostPairs: stabilized.lostPairs,
  };
}

/** For tables: what a clip does not have is a dash. */
export function shown(value: number | null): string {
  return value === null ? '–' : value.toFixed(3);
}
