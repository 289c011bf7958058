// An evaluation in sentences.
import type { ClipSteadiness, Evaluation } from './evaluation.js';

/** What the median jitter must exceed to be called worse: a factor, and pixels of measurement noise. */
const SHAKIER = 1.05;
const NOISE = 0.03;

/** Sentences about what the numbers alone do not say, or what they must not be read without. */
export function evaluationVerdicts(evaluation: Omit<Evaluation, 'verdicts'>): string[] {
  const { frames, original, stabilized, unmatched, borders } = evaluation;
  const out: string[] = [];
  if (original.isStatic) out.push('The original is static: there is no shake to take away.');
  if (stabilized.isStatic) out.push('The stabilized clip is static, as from a tripod: stability has no value.');
  if (unmatched.length > 0) {
    out.push(`${unmatched.length} of ${frames.paired} frames could not be matched with the original and are left out.`);
  }
  if (evaluation.clockOffset !== 0) {
    out.push(
      `The stabilized clip's clock is ${(-evaluation.clockOffset).toFixed(3)} s ahead of the original's; this was made good.`,
    );
  }
  if (frames.missing > 0)
    out.push(`${counted(frames.missing, 'frame')} of the original ${are(frames.missing)} missing.`);
  if (frames.added > 0)
    out.push(`${counted(frames.added, 'frame')} of the stabilized clip ${are(frames.added)} not in the original.`);
  for (const [name, clip] of [
    ['original', original],
    ['stabilized clip', stabilized],
  ] as const) {
    if (clip.lostPairs > 0) {
      out.push(
        `Motion could not be measured between ${clip.lostPairs} of ${clip.pairs} pairs of frames of the ${name}.`,
      );
    }
    for (const [definition, score] of Object.entries(clip.stability)) {
      if (score.status === 'diverged') {
        out.push(
          `The ${name} has no ${definition === 'dif2021' ? definition : 'bundled-min'} stability: its accumulated path folds.`,
        );
      }
    }
  }
  if (borders.frameShare > 0) {
    out.push(
      `${percent(borders.frameShare)} of the frames show a black border, of up to ${percent(borders.largest)} of the area.`,
    );
  }
  if (original.jitter.status === 'measured' && stabilized.jitter.status === 'measured') {
    if (stabilized.jitter.median > SHAKIER * original.jitter.median + NOISE)
      out.push('The stabilized clip is shakier than the original.');
    if (judgesDisagree(original, stabilized)) {
      out.push(
        'The two judges disagree on whether the stabilized clip is steadier: look at it before you rely on either.',
      );
    }
  } else {
    out.push('The clip is too short to measure jitter.');
  }
  return out;
}

/** Whether one judge calls a clip steadier and the other one calls it shakier, beyond what they measure by chance. */
function judgesDisagree(original: ClipSteadiness, stabilized: ClipSteadiness): boolean {
  const change = (jitter: 'jitter' | 'secondJitter'): number | undefined => {
    const [before, after] = [original[jitter], stabilized[jitter]];
    if (before.status !== 'measured' || after.status !== 'measured') return undefined;
    if (after.median > SHAKIER * before.median + NOISE) return 1;
    return before.median > SHAKIER * after.median + NOISE ? -1 : 0;
  };
  const [one, other] = [change('jitter'), change('secondJitter')];
  return one !== undefined && other !== undefined && one * other < 0;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function are(count: number): string {
  return count === 1 ? 'is' : 'are';
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
