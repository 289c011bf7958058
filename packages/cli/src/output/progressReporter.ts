import type { StageProgress } from '@gimbal/pipeline';
import pc from 'picocolors';
import type { Terminal } from './reportError.js';

export interface ProgressReporter {
  update(progress: StageProgress): void;
  /** Takes the live line away, so that something else can be printed. */
  clear(): void;
}

const LIVE_INTERVAL = 100;
const LINE_INTERVAL = 3000;

/** How progress is told: for a person, as JSON lines for a program, or not at all. */
export const PROGRESS_KINDS = ['text', 'json', 'none'] as const;
/** One of {@link PROGRESS_KINDS}. */
export type ProgressKind = (typeof PROGRESS_KINDS)[number];

const JSON_INTERVAL = 250;

/**
 * Tells a program how far a run has come: one JSON object a line, `{ stage, done, total, seconds }` (and `unit: "bytes"` where no frames are counted), when a stage begins, a few times a second,
 * and when a stage is done. `total` is null where it is not known, `seconds` counts from the beginning of the stage.
 */
export function createJsonProgress(terminal: Terminal, now: () => number = () => performance.now()): ProgressReporter {
  let [stage, started, told] = ['', 0, 0];
  return {
    update({ stage: current, done, total, unit }) {
      const time = now();
      const begins = current !== stage;
      if (begins) [stage, started] = [current, time];
      if (!begins && done !== total && time - told < JSON_INTERVAL) return;
      told = time;
      const seconds = Math.round(time - started) / 1000;
      terminal.err(`${JSON.stringify({ stage, done, total: total ?? null, ...(unit && { unit }), seconds })}\n`);
    },
    clear: () => undefined,
  };
}

/**
 * Shows stage, frames per second and time left: one line that rewrites itself on a terminal, otherwise a line when a stage begins and
 * every few seconds after that.
 */
export function createProgressReporter(
  terminal: Terminal,
  quiet: boolean,
  now: () => number = () => performance.now(),
): ProgressReporter {
  if (quiet) return { update: () => undefined, clear: () => undefined };
  let stage: string | undefined;
  let started = 0;
  let shown = Number.NEGATIVE_INFINITY;
  let dirty = false;
  return {
    update(progress) {
      const time = now();
      const begins = progress.stage !== stage;
      if (begins) {
        stage = progress.stage;
        started = time;
      }
      if (!begins && time - shown < (terminal.live ? LIVE_INTERVAL : LINE_INTERVAL)) return;
      shown = time;
      const line = describe(progress, (time - started) / 1000);
      terminal.err(terminal.live ? `\r\u001b[2K${line}` : `${line}\n`);
      dirty = terminal.live;
    },
    clear() {
      if (dirty) terminal.err('\r\u001b[2K');
      dirty = false;
    },
  };
}

function describe({ stage, done, total, unit }: StageProgress, elapsed: number): string {
  const parts = [pc.cyan(stage.padEnd(9))];
  if (unit === 'bytes') return [...parts, `${(done / 1e6).toFixed(1)} MB`].join('  ');
  const atLeast = total !== undefined && total >= done ? total : undefined;
  if (atLeast !== undefined) parts.push(`${done}/${atLeast}`, `${Math.floor((100 * done) / Math.max(atLeast, 1))}%`);
  else if (done > 0) parts.push(`${done} frames`);
  const speed = elapsed > 0.2 ? done / elapsed : 0;
  if (speed > 0) parts.push(`${speed.toFixed(speed < 10 ? 1 : 0)} fps`);
  if (speed > 0 && atLeast !== undefined) parts.push(`${duration((atLeast - done) / speed)} left`);
  return parts.join('  ');
}

/** Seconds as a person says them. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
  return `${Math.floor(whole / 3600)}h${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')}m`;
}
