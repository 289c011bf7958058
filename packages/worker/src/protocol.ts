import type { Transferable } from 'node:worker_threads';
import type { SerializedError } from './serializedError.js';

/** What a caller sends. */
export type Request =
  | { readonly id: number; readonly method: string; readonly params: unknown }
  /** Aborts the call of that number. */
  | { readonly abort: number; readonly reason: SerializedError }
  /** Aborts every call and ends the worker once they have settled. */
  | { readonly end: true };

/** What a worker sends. */
export type Reply =
  | { readonly id: number; readonly progress: unknown }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: SerializedError };

/** One end of a connection to a worker thread or a child process. */
export interface Channel {
  send(message: Request | Reply, transfer?: readonly Transferable[]): void;
  onMessage(listener: (message: unknown) => void): void;
}
