import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { GimbalError } from '@gimbal/core';

/**
 * The file of a program of this package: built beside the bundle, and found from the sources and from the bundle alike.
 * @throws GimbalError `GIMBAL_E_ADDON` where it is not built.
 */
export function programFile(program: string, purpose: string): string {
  const file = path.join(import.meta.dirname, `../dist/${program}.js`);
  if (existsSync(file)) return file;
  throw new GimbalError(
    'GIMBAL_E_ADDON',
    `The program that ${purpose} was expected at ${file} but is not there. Build it with "npm run build -w @gimbal/pipeline".`,
  );
}

/**
 * Starts a program of this package as a thread.
 * @param purpose What it does, as in "The thread that …".
 * @throws GimbalError `GIMBAL_E_ADDON` where it is not built.
 */
export function startProgram(program: string, purpose: string, options: WorkerOptions): Worker {
  // Flags of Node that are meant for a program given as text (--input-type) would keep a thread from starting.
  return new Worker(programFile(program, purpose), { ...options, execArgv: [] });
}
