import { startWorker } from '@gimbal/worker';
import { programFile } from '../programFile.js';
import type { OnProgress } from '../progress.js';

/** How a job is run. */
export interface JobOptions {
  /** Ends the job; its promise rejects with `GIMBAL_E_CANCELLED` once nothing unfinished is left behind. */
  readonly signal?: AbortSignal | undefined;
  /** Told how far the job has come, some twenty times a second at most and at the end of each stage. */
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Megabytes of the space in which V8 makes new objects. It would grow, up to 32, with the little that each frame leaves behind, so that a
 * long clip took more memory than a short one; a small space is collected more often and faster.
 */
const YOUNG_GENERATION_MB = 4;

/** Runs a job in an engine thread of its own, which ends with it. The order and the outcome are plain values. */
export async function runInEngine<Outcome>(
  job: string,
  order: unknown,
  { signal, onProgress }: JobOptions,
): Promise<Outcome> {
  // SVT-AV1 reads this from the process's environment, of which a thread has a copy; without it, it writes a page to stderr.
  process.env.SVT_LOG ??= '1';
  const engine = startWorker(programFile('engineWorker'), {
    purpose: 'runs the job',
    builtBy: '@gimbal/pipeline',
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  try {
    return await engine.call<Outcome>(job, order, { signal, onProgress });
  } finally {
    // By now nothing that the job made is open; there is no need to wait for the thread itself.
    void engine.end();
  }
}

/** Passes on the first and the last progress of each stage, and some in between. */
export function throttled(onProgress: OnProgress, milliseconds = 50): OnProgress {
  let stage: string | undefined;
  let told = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const now = performance.now();
    if (progress.stage === stage && progress.done !== progress.total && now - told < milliseconds) return;
    ({ stage } = progress);
    told = now;
    onProgress(progress);
  };
}
