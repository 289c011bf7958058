import type { MeasuredRun } from './measuredRun.js';
import { type RunFigures, runFigures } from './runFigures.js';

/** What a finished run must not be read without. A run with a disqualifying flag wins nothing. */
export type RunFlag = 'collapsed crop' | 'black border' | 'shakier' | 'unmatched frames' | 'damaged input';

/** Flags of runs that failed their purpose, however good their other figures look. */
const DISQUALIFYING: readonly RunFlag[] = ['collapsed crop', 'black border', 'shakier'];

/** Whether a run failed its purpose. */
export function isDisqualified(flags: readonly RunFlag[]): boolean {
  return flags.some((flag) => DISQUALIFYING.includes(flag));
}

/** What each flag means, for the reader of a report. */
export const FLAG_MEANINGS: Readonly<Record<RunFlag, string>> = {
  'collapsed crop': 'less than half of width and height is left',
  'black border': 'more frames show a black border than in the original',
  shakier: 'the output has more jitter than the original',
  'unmatched frames': 'some frames could not be aligned with the original and are left out of cropping and distortion',
  'damaged input': 'the clip is cut off or holds damaged packets; what could be decoded was used',
};

const COLLAPSED = 0.5;
/** A factor, and pixels of measurement noise, as in the verdicts of `gimbal evaluate`. */
const SHAKIER = 1.05;
const NOISE = 0.03;

export function runFlags(run: MeasuredRun, figures: RunFigures = runFigures(run)): RunFlag[] {
  const flags: RunFlag[] = [];
  const { jitterIn, jitterOut } = figures;
  if (!(figures.cropping >= COLLAPSED)) flags.push('collapsed crop');
  if (figures.borderShare > figures.borderShareIn) flags.push('black border');
  if (jitterIn !== null && jitterOut !== null && jitterOut > SHAKIER * jitterIn + NOISE) flags.push('shakier');
  if (figures.unmatchedFrames > 0) flags.push('unmatched frames');
  if (run.report.warnings.some(({ code }) => code === 'truncated' || code === 'corrupt')) flags.push('damaged input');
  return flags;
}
