import { GimbalError } from '@gimbal/core';
import { EXIT_CODES } from './exitCodes.js';

/** A signal that Ctrl-C, a polite kill or the end of the terminal aborts. The second one does not wait. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(EXIT_CODES.interrupted);
    controller.abort(new GimbalError('GIMBAL_E_CANCELLED', 'Interrupted; nothing was left behind.'));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // The terminal was closed, or the connection to it.
  process.on('SIGHUP', interrupt);
  return controller.signal;
}
