import { GimbalError } from '@gimbal/core';

/** What to say of an import that failed for want of FFmpeg's compiled part; undefined for any other. */
export function withoutFfmpeg(cause: unknown): GimbalError | undefined {
  if (!(cause instanceof Error) || !/native binding/.test(cause.message)) return undefined;
  const [said] = cause.message.split('\n');
  const repair =
    'It comes as an optional dependency of node-av: install again without --omit=optional, on a system that node-av is published for';
  return new GimbalError('GIMBAL_E_ADDON', `FFmpeg does not load: ${said} ${repair}.`, { cause });
}
