import type { Homography, Size } from '@gimbal/core';
import { normalizeHomography, rescaleHomography } from '@gimbal/core/geometry';
import type { MotionStep } from '@gimbal/metrics';

/** The judges of `tools/bench/referee/motion.py`. */
export const JUDGES = ['sift', 'flow'] as const;
export type Judge = (typeof JUDGES)[number];

/** What the judges say of one clip: a step for each pair of consecutive frames, in pixels of `size`, 640 wide. */
export interface JudgedMotion {
  readonly size: Size;
  readonly steps: Readonly<Record<Judge, readonly MotionStep[]>>;
}

/** Width at which jitter is given. */
const WIDTH = 640;

/** Reads what the script prints. @throws Error for anything else. */
export function parseJudgedMotion(text: string): JudgedMotion {
  const [head = '', ...lines] = text.trimEnd().split('\n');
  const found = /^size (\d+) (\d+)$/.exec(head);
  if (found === null) throw new Error(`The motion script began with "${head.slice(0, 80)}" instead of a size.`);
  const from = { width: Number(found[1]), height: Number(found[2]) };
  const size = { width: WIDTH, height: Math.round((WIDTH * from.height) / from.width) };
  const steps: Record<Judge, MotionStep[]> = { sift: [], flow: [] };
  for (const line of lines) {
    const [judge, ...words] = line.split(' ');
    if (judge !== 'sift' && judge !== 'flow') throw new Error(`The motion script knows no judge "${judge}".`);
    steps[judge].push(words[0] === 'none' ? 'lost' : rescaleHomography(homography(words, line), from, size));
  }
  if (steps.sift.length !== steps.flow.length) throw new Error('The motion script ended within a pair.');
  return { size, steps };
}

function homography(words: readonly string[], line: string): Homography {
  const numbers = Float64Array.from(words.slice(0, 9), Number);
  if (words.length !== 10 || !numbers.every(Number.isFinite)) throw new Error(`No homography in "${line}".`);
  return normalizeHomography(numbers);
}

/**
 * Leaves out of all clips the pairs that a judge lost in one of them, so that their medians are over the same moments.
 * @throws Error when the numbers of pairs differ.
 */
export function commonSteps(tracks: readonly (readonly MotionStep[])[]): MotionStep[][] {
  const lengths = new Set(tracks.map((track) => track.length));
  if (lengths.size > 1) throw new Error(`The outputs differ in their pairs of frames: ${[...lengths].join(', ')}.`);
  return tracks.map((track) => track.map((step, i) => (tracks.some((other) => other[i] === 'lost') ? 'lost' : step)));
}
