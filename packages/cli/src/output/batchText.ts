import type { BatchOutcome, BatchPlan } from '@gimbal/pipeline';
import pc from 'picocolors';
import { type ExitCode, exitCodeFor } from '../program/exitCodes.js';
import { jitterText } from './runText.js';
import type { StabilizeReport } from './stabilizeReport.js';

/** One line about a clip of several: its exit status first. */
export function outcomeLine(report: StabilizeReport): string {
  const { exitCode, input, output, planned, frames, seconds } = report;
  const status = exitCode === 0 ? pc.green('ok') : pc.yellow('damaged');
  const kept = `${(100 * planned.kept).toFixed(1)} % kept`;
  return `${status} (${exitCode})  ${input} → ${output}  ${frames} frames, jitter ${jitterText(report)}, ${kept}, ${seconds.total.toFixed(1)} s\n`;
}

/** The same of one that failed. */
export function failureLine({ input, error }: BatchOutcome): string {
  const { code, message, exitCode } = failureOf(error);
  return `${pc.red('failed')} (${exitCode})  ${input}  ${message.replace(/\s*\n\s*/g, ' ')} (${code})\n`;
}

/** An error as plain values. */
export function failureOf(error: unknown): { code: string; message: string; exitCode: ExitCode } {
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { code?: unknown }).code;
  return { code: typeof code === 'string' ? code : 'UNEXPECTED', message, exitCode: exitCodeFor(error) };
}

/** What was passed over, and how many there are of everything. */
export function batchEnd({ clips, skipped, folder }: BatchPlan, failed: number): string {
  const lines = skipped.map(({ file, reason }) => `skipped  ${file}  ${reason}\n`).join('');
  const done = clips.length - failed;
  const fate = failed === 0 ? '' : `, ${failed} failed`;
  const passed = skipped.length === 0 ? '' : `, ${skipped.length} skipped`;
  return `${lines}${done} of ${clips.length} clips stabilized into ${folder}${fate}${passed}\n`;
}
