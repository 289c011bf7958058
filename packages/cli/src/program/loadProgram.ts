import { GimbalError } from '@gimbal/core';

/**
 * The commands, loaded only when they are needed: FFmpeg's compiled part, which they stand on, ends an import where it is missing.
 * @throws GimbalError `GIMBAL_E_ADDON` saying so.
 */
export async function loadProgram(): Promise<typeof import('./program.js')> {
  try {
    return await import('./program.js');
  } catch (cause) {
    throw withoutFfmpeg(cause) ?? cause;
  }
}

/** What to say of an import that failed for want of FFmpeg; undefined for any other. */
export function withoutFfmpeg(cause: unknown): GimbalError | undefined {
  if (!(cause instanceof Error) || !/native binding/.test(cause.message)) return undefined;
  const [said] = cause.message.split('\n');
  const repair =
    'It comes as an optional dependency of @gimbal/video: install again without --omit=optional, on a system that node-av is published for';
  return new GimbalError('GIMBAL_E_ADDON', `FFmpeg does not load: ${said} ${repair}.`, { cause });
}
