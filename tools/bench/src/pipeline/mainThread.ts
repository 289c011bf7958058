import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** Milliseconds that the main thread worked. */
export interface MainThreadTime {
  /** Not waiting for events: JavaScript, and native calls that it made (`performance.eventLoopUtilization`). */
  readonly active: number;
  /** On a processor, by the kernel's account. Needs Linux; NaN elsewhere. */
  readonly cpu: number;
}

/** Starts a watch on this thread, which must be the main one; the answer tells what it has done since. */
export function watchMainThread(): () => MainThreadTime {
  const loop = performance.eventLoopUtilization();
  const cpu = onProcessor();
  return () => ({ active: performance.eventLoopUtilization(loop).active, cpu: onProcessor() - cpu });
}

/** The first field of a thread's schedstat is its time on a processor in nanoseconds; the main thread's number is the process's. */
function onProcessor(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return Number.NaN;
  }
}
