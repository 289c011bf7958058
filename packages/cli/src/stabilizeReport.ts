import type { MotionField, Size } from '@gimbal/core';
import type { Evaluation } from '@gimbal/metrics';
import type { FramePlacement } from './clipFrames.js';
import { evaluationTable } from './evaluationTable.js';
import type { ExitCode } from './exitCodes.js';
import { placementRows } from './placementRows.js';
import type { StabilizeRun } from './stabilizeRun.js';
import { textTable } from './textTable.js';

/** A number of steps for each motion model that occurs. */
type ModelCounts = Readonly<Partial<Record<MotionField['model'], number>>>;

/** What `gimbal stabilize --json` prints. */
export interface StabilizeReport {
  readonly ok: boolean;
  readonly exitCode: ExitCode;
  readonly input: string;
  readonly output: string;
  readonly inputSize: Size;
  readonly outputSize: Size;
  readonly frames: number;
  readonly shots: number;
  /** Frames whose motion is a best guess on thin evidence. */
  readonly fallbackFrames: number;
  readonly duplicateFrames: number;
  /** How many steps each motion model carried, and how many of those that fell back. */
  readonly models: ModelCounts;
  readonly fallbackModels: ModelCounts;
  readonly estimator: string;
  readonly smoother: string;
  /** Smallest share of width and height that is shown, 0..1. */
  readonly shown: number;
  readonly seconds: {
    readonly analyze: number;
    readonly smooth: number;
    readonly render: number;
    readonly total: number;
  };
  readonly framesPerSecond: number;
  /** Where frames were decoded and worked on, and what of the clip was kept there. */
  readonly placement: FramePlacement;
  /** Where a CUDA device failed, so that the CPU did the rest; `null` when none did. */
  readonly deviceFailure: {
    readonly stage: 'analyze' | 'render';
    readonly frame: number;
    readonly code: string;
  } | null;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly notes: readonly string[];
  /** Measured on the decoded pixels of both files; absent with `--no-evaluate`. */
  readonly evaluation?: Evaluation;
}

export function stabilizeReport(
  run: StabilizeRun,
  evaluation: Evaluation | undefined,
  exitCode: ExitCode,
): StabilizeReport {
  const { motion, plan, frames, seconds, deviceFailure } = run.result;
  const weak = motion.steps.filter(({ verdict }) => verdict === 'weak');
  const total = seconds.analyze + seconds.smooth + seconds.render;
  return {
    ok: exitCode === 0,
    exitCode,
    input: run.files.input,
    output: run.files.output,
    inputSize: motion.size,
    outputSize: plan.output,
    frames,
    shots: plan.shots.length,
    fallbackFrames: weak.length,
    duplicateFrames: motion.steps.filter(({ verdict }) => verdict === 'duplicate').length,
    models: modelCounts(motion.steps),
    fallbackModels: modelCounts(weak),
    estimator: motion.estimator,
    smoother: run.smoother,
    shown: plan.windows.reduce((least, window) => Math.min(least, window.scale), 1),
    seconds: { ...seconds, total },
    framesPerSecond: frames / Math.max(total, 1e-9),
    placement: run.placement,
    deviceFailure: deviceFailure
      ? { stage: deviceFailure.stage, frame: deviceFailure.frame, code: deviceFailure.error.code }
      : null,
    warnings: run.warnings,
    notes: run.notes,
    ...(evaluation !== undefined && { evaluation }),
  };
}

function modelCounts(steps: readonly MotionField[]): ModelCounts {
  const counts: Partial<Record<MotionField['model'], number>> = {};
  for (const { model } of steps) counts[model] = (counts[model] ?? 0) + 1;
  return counts;
}

/** The same for a person. */
export function stabilizeTable(report: StabilizeReport, evaluation: Evaluation | undefined): string {
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
