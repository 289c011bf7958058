import { describeEvaluation, type Evaluation } from '@gimbal/metrics';
import { textTable } from './textTable.js';

/** An evaluation for a person: its figures, and below them what they must not be read without. */
export function evaluationTable(evaluation: Evaluation): string {
  const rows = describeEvaluation(evaluation).map(({ label, value, unit }) => [label, value, unit]);
  return textTable(rows, 'lrl') + evaluation.verdicts.map((verdict) => `  ${verdict}\n`).join('');
}
