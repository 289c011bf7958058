export type { CallOptions } from './calls.js';
export { deserializeError, type SerializedError, serializeError } from './serializedError.js';
export { type CallContext, type Handler, type ServeOptions, serve } from './serve.js';
export { callProcess, type ProcessCall } from './startProcess.js';
export { startWorker, type WorkerOptions, type WorkerThread } from './startWorker.js';
