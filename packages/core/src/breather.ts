import { throwIfAborted } from './errors.js';

/** Await what a call returns; most calls return nothing at once. */
export type Breather = () => Promise<void> | undefined;

/**
 * For long loops: call the returned function every few thousand steps and await what it gives. When more than `milliseconds` passed
 * since the last pause it yields to the event loop once. Throws `GIMBAL_E_CANCELLED` when the signal is aborted.
 */
export function createBreather(signal?: AbortSignal, milliseconds = 5): Breather {
  let last = performance.now();
  return () => {
    throwIfAborted(signal);
    if (performance.now() - last < milliseconds) return undefined;
    return nextTurn().then(() => {
      last = performance.now();
    });
  };
}

/** Resolves after pending events were served. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
