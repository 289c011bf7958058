import type { Transferable, Worker } from 'node:worker_threads';
import { startProgram } from '../startProgram.js';

/** A thread that calls native code. It ends by itself, once it is at rest, and is never torn down. */
export interface NativeThread {
  readonly worker: Worker;
  /** Resolves when the thread is gone. */
  readonly ended: Promise<void>;
  /** Tells it to end whatever it does. */
  stop(): void;
}

/** What such a thread is started with beside its own. */
export interface ThreadRest {
  /** One 32-bit word: 1 as soon as the thread has no call to native code under way any more, nor will make one. */
  readonly rest: SharedArrayBuffer;
}

/** Longest that a process which exits waits for its threads to come to rest, milliseconds. */
const REST_MS = 2000;
/** Threads that may be in the midst of a call to native code. */
const atWork = new Map<NativeThread, Int32Array>();

/**
 * Starts a program of this package as a thread, which holds the process until somebody calls `worker.unref()`. Whatever message it gets from its
 * parent means that it is to stop.
 * @param purpose What it does, as in "The thread that …".
 * @throws GimbalError `GIMBAL_E_ADDON` where it is not built.
 */
export function startNativeThread<Data extends object>(
  program: string,
  purpose: string,
  data: Data,
  transferList: Transferable[],
): NativeThread {
  const rest = new SharedArrayBuffer(4);
  const workerData: Data & ThreadRest = { ...data, rest };
  const worker = startProgram(program, purpose, { workerData, transferList });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      atWork.delete(thread);
      resolve();
    });
  });
  const thread: NativeThread = { worker, ended, stop: () => worker.postMessage('stop') };
  if (atWork.size === 0) watchExit();
  atWork.set(thread, new Int32Array(rest));
  return thread;
}

/** Said by the thread itself. */
export function tellAtRest({ rest }: ThreadRest): void {
  const word = new Int32Array(rest);
  Atomics.store(word, 0, 1);
  Atomics.notify(word, 0);
}

let watched = false;

/**
 * FFmpeg's binding ends a process in disorder whose thread is torn down in the midst of a call. So a process that exits lets them finish
 * what they are at: the call that is under way, not the clip.
 */
function watchExit(): void {
  if (watched) return;
  watched = true;
  process.on('exit', () => {
    const deadline = performance.now() + REST_MS;
    for (const thread of atWork.keys()) thread.stop();
    for (const rest of atWork.values()) Atomics.wait(rest, 0, 0, Math.max(0, deadline - performance.now()));
  });
}
