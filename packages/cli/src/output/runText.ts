// What a person reads after a run.
import type { Size } from '@gimbal/core';
import type { CornerJitter } from '@gimbal/metrics';
import { evaluationTable } from './evaluationTable.js';
import { outputName } from './outputName.js';
import { placementRows } from './placementRows.js';
import type { StabilizeReport } from './stabilizeReport.js';
import { textTable } from './textTable.js';

/** RMS jitter, in pixels at 640 width, below which a shake is invisible. */
const STEADY = 0.05;

/** The four lines that a person reads after a run: jitter, picture kept, borders, time. */
export function summaryText(report: StabilizeReport): string {
  const { output, outputSize, frames, seconds, framesPerSecond } = report;
  const rows = [
    ['Jitter', jitterRow(report)],
    ['Picture kept', `${(100 * report.planned.kept).toFixed(1)} % of width and height`],
    ['Borders', borderText(report)],
    ['Time', `${seconds.total.toFixed(1)} s (${framesPerSecond.toFixed(0)} frames/s)`],
  ];
  return `${outputName(output)}  ${sizeText(outputSize)}, ${frames} frames\n${textTable(rows, 'll')}`;
}

/** The same, and below it everything else that is known, for `--verbose`. */
export function detailsText(report: StabilizeReport): string {
  const { analyze, smooth, render } = report.seconds;
  const fallbacks = Object.entries(report.fallbackModels).map(([model, count]) => `${model} ${count}`);
  const fellBack = `${report.fallbackFrames} of ${report.frames}`;
  const { deviceFailure, evaluation, planned } = report;
  const failedAt = deviceFailure?.stage === 'analyze' ? 'analysis' : 'rendering';
  const rows = [
    ...placementRows(report.placement),
    ...(deviceFailure
      ? [['CUDA device', `failed: from frame ${deviceFailure.frame} of the ${failedAt} on the CPU`]]
      : []),
    ['Estimator', report.estimator],
    ['Smoother', report.smoother],
    ['Planned jitter, median', beforeAndAfter(planned.jitter, 'median') ?? 'too short'],
    ['Planned jitter, RMS', beforeAndAfter(planned.jitter, 'rms') ?? 'too short'],
    ['Rolling shutter', rollingShutterText(report)],
    ['Shots', String(report.shots)],
    [
      'Frames that fell back',
      fallbacks.length === 0 ? fellBack : `${fellBack} (${fallbacks.join(', ')}); --explain says where and why`,
    ],
    ['Repeated frames', String(report.duplicateFrames)],
    ['Stages', `analyze ${analyze.toFixed(1)} s, smooth ${smooth.toFixed(1)} s, render ${render.toFixed(1)} s`],
  ];
  const measured =
    evaluation === undefined
      ? `  Not measured from the decoded pixels${howToMeasure(report)}\n`
      : evaluationTable(evaluation);
  return `${summaryText(report)}\n${textTable(rows, 'll')}\n${measured}`;
}

/** What was found of a rolling shutter, and what was done about it. */
function rollingShutterText({ rollingShutter, frames }: StabilizeReport): string {
  if (rollingShutter === null) return 'not looked for';
  const { readout, uncertainty, axis, corrected, reason } = rollingShutter;
  const found = `${axis} read in ${readout.toFixed(2)} ± ${uncertainty.toFixed(2)} of a frame interval`;
  if (corrected === 0) return `not corrected: ${reason ?? 'no frame could be'} (${found})`;
  return `${found}, corrected in ${corrected} of ${frames} frames`;
}

/** A pipe cannot be read again. */
function howToMeasure({ input, output }: StabilizeReport): string {
  return input === '-' || output === '-' ? '.' : `; do so with: gimbal evaluate ${input} ${output}`;
}

/** Where the motion is a best guess, what was answered there, and why, for `--explain`. */
export function explanationText({ fallbacks, fallbackFrames, frames }: StabilizeReport): string {
  if (fallbacks.length === 0) return '\n  Every frame was measured with a homography.\n';
  const rows = fallbacks.map(({ first, last, start, end, model, verdict, confidence, reason }) => [
    first === last ? `${first}` : `${first}–${last}`,
    first === last ? `${start.toFixed(2)} s` : `${start.toFixed(2)}–${end.toFixed(2)} s`,
    `${model}${verdict === 'weak' ? ' (weak)' : ''}`,
    confidence.toFixed(2),
    reason ?? 'the estimator gives no reason',
  ]);
  const table = textTable([['frames', 'time', 'answer', 'confidence', 'why'], ...rows], 'lllrl');
  return `\n  ${fallbackFrames} of ${frames} frames fell back; below a confidence of 0.2 the motion is taken from their neighbours:\n${table}`;
}

interface BeforeAndAfter {
  readonly before: CornerJitter;
  readonly after: CornerJitter;
}

/** Measured where it was asked for, otherwise by the plan. */
export function jitterText(report: StabilizeReport): string {
  const { before, after } = jitterOf(report);
  const text = beforeAndAfter({ before, after }, 'rms');
  if (text === undefined || before.status !== 'measured' || after.status !== 'measured') {
    return 'too short a clip to tell';
  }
  if (before.rms < STEADY) return `${text}: the clip was steady already`;
  const change = after.rms / before.rms - 1;
  return `${text}, ${Math.abs(100 * change).toFixed(0)} % ${change > 0 ? 'more' : 'less'}`;
}

/** The same, and which of both it is. */
function jitterRow(report: StabilizeReport): string {
  const text = jitterText(report);
  if (text.startsWith('too short')) return text;
  const planned = 'planned camera path; --evaluate measures the file';
  return `${text} (${report.evaluation === undefined ? planned : 'measured on the decoded pictures'})`;
}

function jitterOf({ planned, evaluation }: StabilizeReport): BeforeAndAfter {
  if (evaluation === undefined) return planned.jitter;
  return { before: evaluation.original.jitter, after: evaluation.stabilized.jitter };
}

function beforeAndAfter({ before, after }: BeforeAndAfter, which: 'median' | 'rms'): string | undefined {
  if (before.status !== 'measured' || after.status !== 'measured') return undefined;
  return `${before[which].toFixed(2)} → ${after[which].toFixed(2)} px`;
}

function borderText({ planned, evaluation, frames }: StabilizeReport): string {
  const area = (share: number) => `up to ${(100 * share).toFixed(1)} % of the area`;
  if (planned.borders.frames > 0) {
    return `filled in ${planned.borders.frames} of ${frames} frames, ${area(planned.borders.largest)}`;
  }
  if (evaluation === undefined || evaluation.borders.frameShare === 0) return 'none';
  return `black in ${(100 * evaluation.borders.frameShare).toFixed(1)} % of the frames, ${area(evaluation.borders.largest)}`;
}

function sizeText({ width, height }: Size): string {
  return `${width}×${height}`;
}
