import { parentPort, type Transferable, workerData } from 'node:worker_threads';
import { GimbalError } from '@gimbal/core';
import type { Channel, Reply, Request } from './protocol.js';
import { deserializeError, serializeError } from './serializedError.js';

/** What a handler gets beside its parameters. */
export interface CallContext {
  /** Aborted when the caller gives the call up, or the worker is to end. */
  readonly signal: AbortSignal;
  /** Tells the caller how far the call has come. */
  onProgress(progress: unknown): void;
}

/** Answers one kind of call. What it throws, the caller's promise rejects with. */
export type Handler = (params: never, context: CallContext) => unknown;

/** How {@link serve} answers. */
export interface ServeOptions {
  /** One call after the other, in the order in which they were made. Default: side by side. */
  readonly serial?: boolean | undefined;
  /** Buffers of an answer that are moved instead of copied. */
  readonly transfer?: ((value: unknown) => readonly Transferable[]) | undefined;
  /** Called after an answer was sent. */
  readonly onSent?: ((value: unknown) => void) | undefined;
  /** Called at the end, when no call is running any more. */
  readonly onEnd?: (() => unknown) | undefined;
}

/** Answers the calls that come from the thread or process that started this one, until it ends the connection. */
export function serve(handlers: Readonly<Record<string, Handler>>, options: ServeOptions = {}): void {
  const channel = parentPort === null ? processChannel() : threadChannel(parentPort);
  const { idle } = (workerData ?? {}) as { idle?: SharedArrayBuffer };
  const running = new Map<number, AbortController>();
  let ending = false;
  let ended = false;
  let last: Promise<unknown> = Promise.resolve();

  async function answer({ id, method, params }: Extract<Request, { method: string }>, signal: AbortSignal) {
    const onProgress = (progress: unknown) => channel.send({ id, progress });
    try {
      const value = await handlers[method](params as never, { signal, onProgress });
      channel.send({ id, value }, options.transfer?.(value));
      options.onSent?.(value);
    } catch (error) {
      channel.send({ id, error: serializeError(error) });
    }
    running.delete(id);
    markIdle(idle, running.size === 0);
    await endWhenIdle();
  }

  function call(request: Extract<Request, { method: string }>): void {
    const controller = new AbortController();
    running.set(request.id, controller);
    markIdle(idle, false);
    const run = () => answer(request, controller.signal);
    last = options.serial === true ? last.then(run) : run();
  }

  function end(reason: Error): void {
    ending = true;
    for (const controller of running.values()) controller.abort(reason);
    void endWhenIdle();
  }

  async function endWhenIdle(): Promise<void> {
    if (!ending || ended || running.size > 0) return;
    ended = true;
    // What is put away at the end may be native too.
    markIdle(idle, false);
    await options.onEnd?.();
    markIdle(idle, true);
    channel.close();
  }

  channel.onMessage((message) => {
    const request = message as Request;
    // A thread that has put away what it worked with answers no more.
    if (ended) return;
    if ('method' in request) call(request);
    else if ('abort' in request) running.get(request.abort)?.abort(deserializeError(request.reason));
    else end(new GimbalError('GIMBAL_E_CANCELLED', 'The worker was told to end.'));
  });
  // A thread that is torn down in the midst of a native call takes the process with it: let every call settle first.
  process.on('uncaughtException', (error) => {
    for (const id of running.keys()) channel.send({ id, error: serializeError(error) });
    end(error);
  });
  markIdle(idle, true);
}

type OwnEnd = Channel & { close(): void };

function threadChannel(port: NonNullable<typeof parentPort>): OwnEnd {
  return {
    send: (message, transfer = []) => port.postMessage(message, transfer),
    onMessage: (listener) => void port.on('message', listener),
    close: () => port.close(),
  };
}

/** Longest that a process may take to settle once its parent is gone, milliseconds. */
const ORPHAN_MS = 3000;

function processChannel(): OwnEnd {
  const listeners: ((message: unknown) => void)[] = [];
  process.on('message', (message) => {
    for (const listener of listeners) listener(message);
  });
  process.on('disconnect', () => {
    for (const listener of listeners) listener({ end: true });
    setTimeout(() => process.exit(1), ORPHAN_MS).unref();
  });
  let sent: Promise<void> = Promise.resolve();
  return {
    send(message: Request | Reply) {
      if (!process.connected) return;
      const done = new Promise<void>((resolve) => void process.send?.(message, undefined, undefined, () => resolve()));
      sent = sent.then(() => done);
    },
    onMessage: (listener) => void listeners.push(listener),
    // Not by running out of work: a plug-in that hangs must not keep the process alive.
    close: () => void sent.then(() => process.exit(0)),
  };
}

/** Tells a thread that waits in the process's exit whether native code may be running here. */
function markIdle(idle: SharedArrayBuffer | undefined, value: boolean): void {
  if (idle === undefined) return;
  const word = new Int32Array(idle);
  Atomics.store(word, 0, value ? 1 : 0);
  if (value) Atomics.notify(word, 0);
}
