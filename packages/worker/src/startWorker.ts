import { existsSync } from 'node:fs';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { GimbalError } from '@gimbal/core';
import { type CallOptions, Calls } from './calls.js';

/** How {@link startWorker} starts a thread. */
export interface WorkerOptions {
  /** What the thread does, for messages: "The thread that …". */
  readonly purpose: string;
  /** Package that builds the program, for the message where it is missing. */
  readonly builtBy: string;
  readonly resourceLimits?: ResourceLimits | undefined;
  /** What its calls reject with once it has ended by itself; `cause` is what ended it, if anything is known. */
  readonly lost?: ((cause: Error | undefined) => Error) | undefined;
}

/** A worker thread that answers calls. Only a call under way keeps the process alive. */
export interface WorkerThread {
  /** Makes a call. @throws what the handler threw; `GIMBAL_E_CANCELLED` on abort; what the connection was lost with. */
  call<Value>(method: string, params: unknown, options?: CallOptions): Promise<Value>;
  /**
   * Aborts what is under way, and resolves when the thread is gone. It ends by itself once every call has settled; only where something else
   * (a plug-in's timer) still holds it a second later, it is terminated. Never in the midst of a call.
   */
  end(): Promise<void>;
}

/** Time that a thread has to end by itself once it is idle, milliseconds. */
const GRACE_MS = 1000;
/** Longest that a process which exits waits for its threads to be idle, milliseconds. */
const EXIT_MS = 1000;
const busy = new Map<Worker, Int32Array>();

/**
 * Starts a program, which calls `serve`, as a thread.
 * @throws GimbalError `GIMBAL_E_ADDON` where the program is not built.
 */
export function startWorker(program: string, options: WorkerOptions): WorkerThread {
  const { purpose, builtBy, resourceLimits } = options;
  checkProgram(program, purpose, builtBy);
  const idle = new SharedArrayBuffer(4);
  // Flags of Node that are meant for a program given as text (--input-type) would keep a thread from starting.
  const worker = new Worker(program, { workerData: { idle }, execArgv: [], ...(resourceLimits && { resourceLimits }) });
  worker.unref();
  const calls = new Calls(
    {
      send: (message, transfer = []) => worker.postMessage(message, transfer),
      onMessage: (listener) => void worker.on('message', listener),
    },
    (isBusy) => (isBusy ? worker.ref() : worker.unref()),
  );
  const lost =
    options.lost ??
    ((cause) => cause ?? new GimbalError('GIMBAL_E_CANCELLED', `The thread that ${purpose} has ended.`));
  worker.on('error', (cause: Error) => calls.lose(lost(cause)));
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      busy.delete(worker);
      calls.lose(lost(undefined));
      resolve();
    });
  });
  if (busy.size === 0) waitAtExit();
  busy.set(worker, new Int32Array(idle));
  return {
    call: (method, params, callOptions) => calls.call(method, params, callOptions),
    end() {
      calls.refuse(lost(undefined));
      worker.ref();
      worker.postMessage({ end: true });
      const word = new Int32Array(idle);
      const watch = setInterval(() => Atomics.load(word, 0) === 1 && void worker.terminate(), GRACE_MS);
      return ended.finally(() => clearInterval(watch));
    },
  };
}

/** @throws GimbalError `GIMBAL_E_ADDON` where a program is not built. */
export function checkProgram(program: string, purpose: string, builtBy: string): void {
  if (existsSync(program)) return;
  throw new GimbalError(
    'GIMBAL_E_ADDON',
    `The program that ${purpose} was expected at ${program} but is not there. Build it with "npm run build -w ${builtBy}".`,
  );
}

let waiting = false;

/**
 * FFmpeg's binding ends a process in disorder whose thread is torn down in the midst of a call. So a process that exits lets its threads
 * finish the call that each is in, not the work that the call belongs to.
 */
function waitAtExit(): void {
  if (waiting) return;
  waiting = true;
  process.on('exit', () => {
    const deadline = performance.now() + EXIT_MS;
    for (const worker of busy.keys()) worker.postMessage({ end: true });
    for (const idle of busy.values()) Atomics.wait(idle, 0, 0, Math.max(0, deadline - performance.now()));
  });
}
