// The state that the estimator carries from pair to pair, as bytes and back.
import { GimbalError } from '@gimbal/core';
import type { NetworkSettings } from '../ihnOptions.js';
import type { CarriedPrior } from './temporalPrior.js';

/** Cells of a frame that trust is kept for, 8 × 6. */
const CELLS = 48;
/** Numbers of a homography. */
const NINE = 9;

/** Whose state it is: the estimator's name, and the options that its answers depend on. */
export interface StateOwner extends Pick<NetworkSettings, (typeof KEYS)[number]> {
  readonly name: string;
}

const KEYS = ['weakBelow', 'cutBelow', 'refineAtFullResolution'] as const;

/** As bytes, exactly, with the options that it holds for; no bytes before the first pair. */
export function stateBytes(carried: CarriedPrior | undefined, owner: StateOwner): Uint8Array {
  if (carried === undefined) return new Uint8Array(0);
  const { frame, prior } = carried;
  const trust = prior.trust && base64(prior.trust);
  const motion = prior.motion && base64(prior.motion);
  const options = Object.fromEntries(KEYS.map((key) => [key, owner[key]]));
  return new TextEncoder().encode(JSON.stringify({ estimator: owner.name, options, frame, trust, motion }));
}

/**
 * Reads what {@link stateBytes} wrote.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for other bytes, and for the state of an estimator with other options.
 */
export function parseState(bytes: Uint8Array, owner: StateOwner): CarriedPrior | undefined {
  if (bytes.length === 0) return undefined;
  const { estimator, options, frame, trust, motion } = objectOf(bytes);
  const cells = trust === undefined ? undefined : new Float32Array(bufferOf(trust));
  const homography = motion === undefined ? undefined : new Float64Array(bufferOf(motion));
  const wellMade =
    estimator === owner.name &&
    typeof options === 'object' &&
    options !== null &&
    Number.isInteger(frame) &&
    (cells === undefined || (cells.length === CELLS && cells.every((cell) => cell >= 0 && cell <= 1))) &&
    (homography === undefined || (homography.length === NINE && homography.every(Number.isFinite)));
  if (!wellMade) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `Expected a state of the ${owner.name} estimator, received ${bytes.length} bytes of something else.`,
    );
  }
  const theirs = options as Record<string, unknown>;
  const other = KEYS.find((key) => theirs[key] !== owner[key]);
  if (other !== undefined) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `The state was saved with option ${other} = ${theirs[other]}, this estimator has ${owner[other]}; use the same options.`,
    );
  }
  return { frame: frame as number, prior: { trust: cells, motion: homography } };
}

function base64({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

/** The bytes of a text in base64, in memory of their own; none for anything else, and where they are no whole doubles. */
function bufferOf(text: unknown): ArrayBuffer {
  const bytes = Uint8Array.from(Buffer.from(typeof text === 'string' ? text : '', 'base64'));
  return bytes.buffer.slice(0, bytes.length - (bytes.length % 8));
}

function objectOf(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
