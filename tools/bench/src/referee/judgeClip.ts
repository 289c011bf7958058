import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cornerJitter, type MotionStep } from '@gimbal/metrics';
import type { Clip } from '../clips.js';
import { evaluatePair, type Figures, figures, stabilizeFile } from '../gimbal.js';
import { workFile } from '../places.js';
import type { JudgedClip, OutputJitter } from './judgedClips.js';
import { commonSteps, JUDGES, type Judge, type JudgedMotion } from './judgedMotion.js';
import { openCvMotion } from './openCvMotion.js';
import type { RefereeOptions } from './refereeOptions.js';

/** An estimator whose output could not be made or judged. */
export interface Unfinished {
  readonly clip: string;
  readonly estimator: string;
  readonly failure: string;
}

interface Judgement {
  readonly estimator: string;
  readonly evaluated: Pick<Figures, 'jitter' | 'lostPairs'>;
  readonly motion: JudgedMotion;
}

/** What {@link judgeClip} comes to, and the seconds on the clock that its parts took. */
export interface JudgedOutputs {
  readonly judged: JudgedClip;
  readonly failures: readonly Unfinished[];
  readonly seconds: { readonly stabilize: number; readonly evaluate: number; readonly judge: number };
}

/** Stabilizes a clip with every estimator, or takes the outputs that an earlier run left, and has all referees measure each. */
export async function judgeClip(clip: Clip, options: RefereeOptions): Promise<JudgedOutputs> {
  const seconds = { stabilize: 0, evaluate: 0, judge: 0 };
  const timed = async <T>(part: keyof typeof seconds, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    try {
      return await work();
    } finally {
      seconds[part] += (performance.now() - start) / 1000;
    }
  };
  const failures: Unfinished[] = [];
  const judgements: Judgement[] = [];
  for (const estimator of options.estimators) {
    const output = workFile('referee', `${clip.file}.${estimator.replace(/[^\w.-]+/g, '-')}.mkv`);
    try {
      // The evaluation is written last: where it lies, the output is whole.
      const known = options.reuse && existsSync(output) && existsSync(`${output}.json`);
      if (!known) {
        await timed('stabilize', () => stabilizeFile(clip.path, output, ['--estimator', estimator, ...options.extra]));
        const measured = await timed('evaluate', () => evaluatePair(clip.path, output));
        writeFileSync(`${output}.json`, JSON.stringify(figures(measured), null, 1));
      }
      const evaluated: Figures = JSON.parse(readFileSync(`${output}.json`, 'utf8'));
      const motion = await timed('judge', () => openCvMotion(options.python, output));
      judgements.push({ estimator, evaluated, motion });
    } catch (error) {
      failures.push({ clip: clip.file, estimator, failure: messageOf(error) });
    }
  }
  try {
    return { judged: { clip: clip.file, ...compared(judgements) }, failures, seconds };
  } catch (error) {
    // Outputs that cannot be put side by side: no estimator has a figure for this clip.
    const failure = messageOf(error);
    const all = judgements.map(({ estimator }) => ({ clip: clip.file, estimator, failure }));
    return { judged: { clip: clip.file, pairs: 0, outputs: [] }, failures: [...failures, ...all], seconds };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Jitter of each output by each referee, by those of OpenCV over the pairs of frames that they measured in all outputs. */
function compared(judgements: readonly Judgement[]): Omit<JudgedClip, 'clip'> {
  const common = new Map(
    JUDGES.map((judge) => [judge, commonSteps(judgements.map(({ motion }) => motion.steps[judge]))]),
  );
  const outputs = judgements.map(({ estimator, evaluated, motion }, i): OutputJitter => {
    const jitter = (judge: Judge) => medianJitter(common.get(judge)?.[i] ?? [], motion);
    const lost = (judge: Judge) => motion.steps[judge].filter((step) => step === 'lost').length;
    return {
      estimator,
      jitter: { evaluate: evaluated.jitter, sift: jitter('sift'), flow: jitter('flow') },
      lost: { evaluate: evaluated.lostPairs, sift: lost('sift'), flow: lost('flow') },
    };
  });
  return { pairs: judgements[0]?.motion.steps.sift.length ?? 0, outputs };
}

function medianJitter(steps: readonly MotionStep[], { size }: JudgedMotion): number | null {
  const jitter = cornerJitter(steps, size);
  return jitter.status === 'measured' ? jitter.median : null;
}
