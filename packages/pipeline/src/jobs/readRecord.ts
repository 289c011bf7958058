import { readFile } from 'node:fs/promises';
import { type ClipMotion, GimbalError, parseMotion, parsePlan, type RenderPlan } from '@gimbal/core';

/** @throws GimbalError `GIMBAL_E_MOTION_FILE` for a file that cannot be read or holds something else. */
export async function readMotion(file: string): Promise<ClipMotion> {
  return parseMotion(await textOf(file, 'motion'));
}

/** @throws GimbalError as {@link readMotion}. */
export async function readPlan(file: string): Promise<RenderPlan> {
  return parsePlan(await textOf(file, 'plan'));
}

async function textOf(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    throw new GimbalError('GIMBAL_E_MOTION_FILE', `The ${what} file ${file} cannot be read (${reason}).`, { cause });
  }
}
