import type { Transferable } from 'node:worker_threads';
import { GimbalError } from '@gimbal/core';
import type { Channel, Reply } from './protocol.js';
import { deserializeError, serializeError } from './serializedError.js';

/** How a call is made. */
export interface CallOptions {
  /** Aborts the call; it settles once the worker has put away what it held. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: never) => void) | undefined;
  /** Buffers of the parameters that are moved instead of copied. */
  readonly transfer?: readonly Transferable[] | undefined;
}

interface Pending extends CallOptions {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The caller's end of a connection: numbers calls and settles them as replies come. */
export class Calls {
  readonly #channel: Channel;
  readonly #onBusy: (busy: boolean) => void;
  readonly #pending = new Map<number, Pending>();
  #next = 0;
  #refused: Error | undefined;

  /** @param onBusy Told when the first call starts and when the last one has settled. */
  constructor(channel: Channel, onBusy: (busy: boolean) => void = () => undefined) {
    this.#channel = channel;
    this.#onBusy = onBusy;
    channel.onMessage((reply) => this.#receive(reply as Reply));
  }

  /** @throws what the handler threw; `GIMBAL_E_CANCELLED` on abort; what the connection was lost with. */
  call<Value>(method: string, params: unknown, options: CallOptions = {}): Promise<Value> {
    const { signal, transfer } = options;
    return new Promise<Value>((resolve, reject) => {
      if (this.#refused !== undefined) return reject(this.#refused);
      if (signal?.aborted) return reject(cancelled(signal));
      const id = this.#next++;
      const abort = () => this.#channel.send({ abort: id, reason: serializeError(cancelled(signal)) });
      const settle = (settled: () => void) => {
        signal?.removeEventListener('abort', abort);
        this.#pending.delete(id);
        if (this.#pending.size === 0) this.#onBusy(false);
        settled();
      };
      signal?.addEventListener('abort', abort);
      if (this.#pending.size === 0) this.#onBusy(true);
      this.#pending.set(id, {
        ...options,
        resolve: (value) => settle(() => resolve(value as Value)),
        reject: (error) => settle(() => reject(error)),
      });
      this.#channel.send({ id, method, params }, transfer);
    });
  }

  /** Rejects every call, those under way and those to come. */
  lose(error: Error): void {
    const reason = this.refuse(error);
    for (const { reject } of this.#pending.values()) reject(reason);
  }

  /** Rejects calls to come, those under way go on. @returns What they are rejected with: the first reason stays. */
  refuse(error: Error): Error {
    this.#refused ??= error;
    return this.#refused;
  }

  #receive(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    if ('progress' in reply) pending?.onProgress?.(reply.progress as never);
    else if ('error' in reply) pending?.reject(deserializeError(reply.error));
    else pending?.resolve(reply.value);
  }
}

function cancelled(signal: AbortSignal | undefined): Error {
  const { reason } = signal ?? {};
  if (GimbalError.isInstance(reason)) return reason;
  return new GimbalError('GIMBAL_E_CANCELLED', 'The operation was cancelled.', { cause: reason });
}
