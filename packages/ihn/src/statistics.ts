import type { MotionField, Verdict } from '@gimbal/core';

/** What an estimator has answered so far. */
export interface EstimatorStatistics {
  readonly pairs: number;
  /** Pairs that were looked at again from other starts. */
  readonly secondLooks: number;
  /** Pairs whose homography was not carried by the evidence: they are `weak`, most of them with a simpler motion. */
  readonly fallbacks: number;
  readonly models: Readonly<Partial<Record<MotionField['model'], number>>>;
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
}

/** Counts answers. */
export interface Tally {
  add(field: Pick<MotionField, 'model' | 'verdict'>, lookedAgain: boolean): void;
  statistics(): EstimatorStatistics;
}

export function createTally(): Tally {
  let [pairs, secondLooks] = [0, 0];
  const models: Partial<Record<MotionField['model'], number>> = {};
  const verdicts: Partial<Record<Verdict, number>> = {};
  return {
    add({ model, verdict }, lookedAgain) {
      pairs++;
      if (lookedAgain) secondLooks++;
      models[model] = (models[model] ?? 0) + 1;
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
    },
    statistics: () => ({
      pairs,
      secondLooks,
      fallbacks: verdicts.weak ?? 0,
      models: { ...models },
      verdicts: { ...verdicts },
    }),
  };
}
