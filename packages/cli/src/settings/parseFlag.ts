import { GimbalError } from '@gimbal/core';
import type { ValueKind } from './valueKind.js';

/**
 * The value of a flag that one command alone has; undefined where it was not given.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a value that is none of its kind.
 */
export function parseFlag<T>(flag: string, raw: unknown, kind: ValueKind<T>): T | undefined {
  if (raw === undefined) return undefined;
  const value = kind.parse(raw);
  if (value !== undefined) return value;
  throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `${flag} expects ${kind.expected}; received "${String(raw)}".`);
}
