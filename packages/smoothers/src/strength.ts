import { GimbalError } from '@gimbal/core';

/** Options that every smoother takes. */
export interface SmootherOptions {
  /** 0 (leave the path alone) to 1 (steadiest); 0.6 unless told. The same visible steadiness at any frame rate. */
  readonly strength?: number | undefined;
}

/** The strength of a smoother that was told none. */
export const DEFAULT_STRENGTH = 0.6;

const SECONDS_AT_FULL_STRENGTH = 2.5;
const GROWTH = 3.3;

/** The strength asked for, or the default. Throws `GIMBAL_E_INVALID_ARGUMENT` outside 0..1. */
export function checkedStrength(options: SmootherOptions = {}): number {
  const strength = options.strength ?? DEFAULT_STRENGTH;
  if (!(strength >= 0 && strength <= 1)) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `strength must be a number from 0 (no smoothing) to 1 (steadiest), but is ${String(strength)}; leave it out for ${DEFAULT_STRENGTH}.`,
    );
  }
  return strength;
}

/**
 * The standard deviation, in seconds, of the Gaussian that a strength stands for: 0 → 0, 0.3 → 0.16, 0.6 → 0.6, 1 → 2.5. The other
 * smoothers choose their own constants so that they halve an oscillation of the same frequency. Exponential, because what the eye
 * sees as one step more steadiness is a factor in the cut-off frequency.
 */
export function strengthToSeconds(strength: number): number {
  return (SECONDS_AT_FULL_STRENGTH * Math.expm1(GROWTH * strength)) / Math.expm1(GROWTH);
}
