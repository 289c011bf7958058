import type { Size } from '@gimbal/core';
import type { Evaluation } from '@gimbal/metrics';
import type { StabilizeSummary } from '@gimbal/pipeline';
import { evaluationTable } from './evaluationTable.js';
import type { ExitCode } from './exitCodes.js';
import { placementRows } from './placementRows.js';
import { textTable } from './textTable.js';

/** What `gimbal stabilize --json` prints. */
export interface StabilizeReport extends StabilizeSummary {
  readonly ok: boolean;
  readonly exitCode: ExitCode;
  /** Measured on the decoded pixels of both files; absent with `--no-evaluate`. */
  readonly evaluation?: Evaluation;
}

/** The summary for a person. */
export function stabilizeTable(report: StabilizeSummary, evaluation: Evaluation | undefined): string {
  const size = ({ width, height }: Size) => `${width}×${height}`;
  const { analyze, smooth, render } = report.seconds;
  const fallbacks = Object.entries(report.fallbackModels)
    .filter(([model]) => model !== 'homography')
    .map(([model, count]) => `${model} ${count}`);
  const fellBack = `${report.fallbackFrames} of ${report.frames}`;
  const { deviceFailure } = report;
  const failedAt = deviceFailure?.stage === 'analyze' ? 'analysis' : 'rendering';
  const rows = [
    ...placementRows(report.placement),
    ...(deviceFailure
      ? [['CUDA device', `failed: from frame ${deviceFailure.frame} of the ${failedAt} on the CPU`]]
      : []),
    ['Shown', `${(100 * report.shown).toFixed(1)} % of width and height`],
    ['Shots', String(report.shots)],
    ['Frames that fell back', fallbacks.length === 0 ? fellBack : `${fellBack} (to ${fallbacks.join(', ')})`],
    ['Repeated frames', String(report.duplicateFrames)],
    [
      'Speed',
      `${report.framesPerSecond.toFixed(1)} frames/s (analyze ${analyze.toFixed(1)} s, smooth ${smooth.toFixed(1)} s, render ${render.toFixed(1)} s)`,
    ],
  ];
  return [
    `${report.output}  ${size(report.outputSize)}, ${report.frames} frames\n`,
    textTable(rows, 'll'),
    evaluation === undefined
      ? `  Not measured; do so with: gimbal evaluate ${report.input} ${report.output}\n`
      : evaluationTable(evaluation),
    evaluation !== undefined && evaluation.frames.original < report.frames
      ? `  Measured on the first ${evaluation.frames.original} frames; on all with: gimbal evaluate ${report.input} ${report.output}\n`
      : '',
  ].join('');
}
