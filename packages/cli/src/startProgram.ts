import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { GimbalError } from '@gimbal/core';

/**
 * Starts a program of this package as a thread.
 * @param purpose What it does, as in "The thread that …".
 * @throws GimbalError `GIMBAL_E_ADDON` where it is not built.
 */
export function startProgram(program: string, purpose: string, options: WorkerOptions): Worker {
  // Built beside the bundle; found from the sources and from the bundle alike.
  const file = path.join(import.meta.dirname, `../dist/${program}.js`);
  if (!existsSync(file)) {
    throw new GimbalError(
      'GIMBAL_E_ADDON',
      `The thread that ${purpose} was expected at ${file} but is not there. Build it with "npm run build -w @gimbal/cli".`,
    );
  }
  // Flags of Node that are meant for a program given as text (--input-type) would keep a thread from starting.
  return new Worker(file, { ...options, execArgv: [] });
}
