import { createHash } from 'node:crypto';
import { GimbalError } from '@gimbal/core';
import type { CheckedClassicalOptions } from './classicalOptions.js';

/** Cells of a frame that trust is kept for, 8 × 6. */
const CELLS = 48;

/** What one pair leaves to the next. */
export interface ClassicalState {
  /** Index of the frame that the pair ended with. */
  readonly frame: number;
  /** How much each of the frame's cells moved with the camera in the pairs so far: 48 numbers from 0 to 1, row by row. */
  readonly trust: Float32Array;
}

/** The options that the answers depend on. */
export type StateOptions = Pick<CheckedClassicalOptions, 'analysisSize' | 'corners' | 'seed' | 'continuity' | 'mask'>;

/** As bytes, with the options that it holds for; no bytes before the first pair. */
export function stateBytes(state: ClassicalState | undefined, options: StateOptions): Uint8Array {
  if (state === undefined) return new Uint8Array(0);
  // A double tells every float.
  const text = JSON.stringify({ classical: told(options), frame: state.frame, trust: Array.from(state.trust) });
  return new TextEncoder().encode(text);
}

/**
 * Reads what {@link stateBytes} wrote.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for other bytes, and for the state of an estimator with other options.
 */
export function parseState(bytes: Uint8Array, options: StateOptions): ClassicalState | undefined {
  if (bytes.length === 0) return undefined;
  const { classical, frame, trust } = objectOf(bytes);
  const share = (value: unknown) => typeof value === 'number' && value >= 0 && value <= 1;
  if (
    classical === undefined ||
    !Number.isInteger(frame) ||
    !Array.isArray(trust) ||
    trust.length !== CELLS ||
    !trust.every(share)
  ) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `Expected a state of the classical estimator, received ${bytes.length} bytes of something else.`,
    );
  }
  const [theirs, ours] = [classical as Partial<ReturnType<typeof told>>, told(options)];
  const other = (Object.keys(ours) as (keyof typeof ours)[]).find((key) => theirs[key] !== ours[key]);
  if (other !== undefined) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `The state was saved with option ${other} = ${theirs[other]}, this estimator has ${ours[other]}; use the same options.`,
    );
  }
  return { frame: frame as number, trust: Float32Array.from(trust) };
}

/** The options as they are compared; of a mask its digest. */
function told({ analysisSize, corners, seed, continuity, mask }: StateOptions) {
  const digest = mask && createHash('sha256').update(`${mask.width}×${mask.height} `).update(mask.data).digest('hex');
  return { analysisSize, corners, seed, continuity, mask: digest ?? 'none' };
}

function objectOf(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
