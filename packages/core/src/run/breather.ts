import { throwIfAborted } from '../errors.js';
import { nextTurn } from './nextTurn.js';

/** Await what a call returns; most calls return nothing at once. */
export type Breather = () => Promise<void> | undefined;

/** When a loop last paused. One for all loops: those that follow one another without a pause hold the event loop up together. */
let lastPause = performance.now();

/**
 * For long loops: call the returned function every few thousand steps and await what it gives. When more than `milliseconds` passed
 * since the last pause of any such loop it yields to the event loop once. Throws `GIMBAL_E_CANCELLED` when the signal is aborted.
 */
export function createBreather(signal?: AbortSignal, milliseconds = 4): Breather {
  return () => {
    throwIfAborted(signal);
    if (performance.now() - lastPause < milliseconds) return undefined;
    return nextTurn().then(() => {
      lastPause = performance.now();
    });
  };
}
