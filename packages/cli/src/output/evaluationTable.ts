import { describeEvaluation, type Evaluation } from '@gimbal/metrics';
import { textTable } from './textTable.js';

/** An evaluation for a person: its figures, and below them what they must not be read without. */
export function evaluationTable(evaluation: Evaluation): string {
  const rows = describeEvaluation(evaluation).map(({ label, before, after, unit }) => [label, before, after, unit]);
  return (
    textTable([['', 'before', 'after', ''], ...rows], 'lrrl') +
    evaluation.verdicts.map((verdict) => `  ${verdict}\n`).join('')
  );
}
