import type { MotionField, Verdict } from '@gimbal/core';

/** Counts of an estimator's answers so far. */
export interface EstimatorStatistics {
  readonly pairs: number;
  /** Pairs that were estimated again from other starts. */
  readonly restarts: number;
  /** Pairs without enough support for a homography: they are `weak`, most of them with a simpler model. */
  readonly fallbacks: number;
  readonly models: Readonly<Partial<Record<MotionField['model'], number>>>;
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
}

/** Counts answers. */
export interface Tally {
  add(field: Pick<MotionField, 'model' | 'verdict'>, restarted: boolean): void;
  statistics(): EstimatorStatistics;
}

export function createTally(): Tally {
  let [pairs, restarts] = [0, 0];
  const models: Partial<Record<MotionField['model'], number>> = {};
  const verdicts: Partial<Record<Verdict, number>> = {};
  return {
    add({ model, verdict }, restarted) {
      pairs++;
      if (restarted) restarts++;
      models[model] = (models[model] ?? 0) + 1;
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
    },
    statistics: () => ({
      pairs,
      restarts,
      fallbacks: verdicts.weak ?? 0,
      models: { ...models },
      verdicts: { ...verdicts },
    }),
  };
}
