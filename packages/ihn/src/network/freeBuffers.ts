import { MessageChannel } from 'node:worker_threads';

// Buffers transferred with a message to a closed port are freed at once (Node still serializes the message).
const { port1: nowhere, port2 } = new MessageChannel();
port2.close();

/**
 * Frees the memory of arrays now; they are empty afterwards. ONNX Runtime allocates new output arrays in every run, even when it is given
 * arrays to write into, and the garbage collector does not see their size: a megabyte a frame would wait for it.
 */
export function freeBuffers(arrays: readonly Float32Array[]): void {
  nowhere.postMessage(
    undefined,
    arrays.map(({ buffer }) => buffer as ArrayBuffer),
  );
}
