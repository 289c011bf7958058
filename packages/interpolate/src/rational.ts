// Frame rates as exact fractions.
import { GimbalError } from '@gimbal/core';

/** A fraction of whole numbers, the denominator above 0. */
export interface Rational {
  readonly num: number;
  readonly den: number;
}

/** Largest part of a frame rate that is taken. */
const MOST = 1_000_000;

/**
 * A frame rate as people write it: `60`, `60000/1001`, `{ num, den }`; a decimal such as `23.976` or `59.94` means the rate over 1.001 that it
 * stands for.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT`
 */
export function frameRateOf(value: number | string | Rational): Rational {
  const found = typeof value === 'object' && value !== null ? value : parsed(String(value));
  const good =
    found !== undefined &&
    [found.num, found.den].every((part) => Number.isInteger(part) && part > 0 && part <= MOST) &&
    found.num / found.den <= 1000;
  if (good) return lowest(found);
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `Expected a frame rate above 0 and up to 1000, such as 60, 60000/1001 or 59.94, received ${typeof value === 'object' ? JSON.stringify(value) : `"${value}"`}.`,
  );
}

function parsed(text: string): Rational | undefined {
  const fraction = /^\s*(\d{1,7})\s*[/:]\s*(\d{1,7})\s*$/.exec(text);
  if (fraction !== null) return { num: Number(fraction[1]), den: Number(fraction[2]) };
  if (!/^\s*\d{1,4}(\.\d{1,6})?\s*$/.test(text)) return undefined;
  const rate = Number(text);
  if (Number.isInteger(rate)) return { num: rate, den: 1 };
  // 23.976, 29.97, 59.94 and the like, to as many digits as were given.
  const broadcast = Math.round(rate * 1.001);
  if (broadcast % 1 === 0 && Math.abs((broadcast * 1000) / 1001 - rate) < 0.0051 && broadcast % 6 === 0) {
    return { num: broadcast * 1000, den: 1001 };
  }
  const digits = text.trim().split('.')[1].length;
  return { num: Math.round(rate * 10 ** digits), den: 10 ** digits };
}

function lowest({ num, den }: Rational): Rational {
  let [a, b] = [num, den];
  while (b > 0) [a, b] = [b, a % b];
  return { num: num / a, den: den / a };
}

/** Nearest fraction with a usual denominator (1, 1001) to a rate that was measured; exact to its thousandth otherwise. */
export function nominalRate(rate: number): Rational {
  for (const den of [1, 1001]) {
    const num = Math.round((rate * den) / (den === 1001 ? 1000 : 1)) * (den === 1001 ? 1000 : 1);
    if (num > 0 && Math.abs(num / den - rate) < 1e-3 * Math.max(1, rate / 30)) return lowest({ num, den });
  }
  return lowest({ num: Math.max(1, Math.round(rate * 1000)), den: 1000 });
}
