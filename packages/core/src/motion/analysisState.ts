// Saves where an analysis stands, so that another process can go on from there.
import { GimbalError } from '../errors.js';

/** Where an analysis stands beside what it has measured. */
export interface AnalysisState {
  /** Name of the estimator. */
  readonly estimator: string;
  /** Frames of the clip met so far. */
  readonly frames: number;
  /** The frame that a gap began with which is still open. */
  readonly openGap?: number | undefined;
  /** The estimator's own, see `Estimator.state`. */
  readonly carried: Uint8Array;
}

const FORMAT = 'gimbal-analysis';
const VERSION = 1;

/** As bytes: one line of JSON, and the estimator's own bytes after it. */
export function analysisState({ carried, estimator, frames, openGap }: AnalysisState): Uint8Array {
  const line = { format: FORMAT, version: VERSION, estimator, frames, openGap, bytes: carried.length };
  const head = new TextEncoder().encode(`${JSON.stringify(line)}\n`);
  const state = new Uint8Array(head.length + carried.length);
  state.set(head);
  state.set(carried, head.length);
  return state;
}

/**
 * Reads what {@link analysisState} wrote.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for other bytes, fewer or more of them.
 */
export function parseAnalysisState(state: Uint8Array): AnalysisState {
  const end = state.indexOf(10);
  const { format, version, estimator, frames, openGap, bytes } = lineOf(state.subarray(0, Math.max(end, 0)));
  const whole = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
  const known = format === FORMAT && version === VERSION && typeof estimator === 'string' && whole(frames);
  const gap = openGap === undefined || (whole(openGap) && openGap < (frames as number) - 1);
  if (!known || !gap || bytes !== state.length - end - 1) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `Expected the state of an analysis as this version of Gimbal saves it, received ${state.length} bytes of something else, or not all of them.`,
    );
  }
  return { estimator, frames, openGap: openGap as number | undefined, carried: state.slice(end + 1) };
}

function lineOf(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
