import { MessageChannel } from 'node:worker_threads';
import type { Tensor } from 'onnxruntime-node';

// What is handed over with a message that nobody can receive is freed at once (Node serializes it all the same).
const { port1: nowhere, port2 } = new MessageChannel();
port2.close();

/**
 * Frees what a network answered now; its numbers are gone. ONNX Runtime makes new tensors in every run, even beside those that it is told to
 * write into, and the garbage collector hardly sees them: a megabyte a frame would wait for it.
 */
export function letGo(tensors: Readonly<Record<string, Tensor>>): void {
  const buffers = Object.values(tensors).flatMap(({ data }) =>
    ArrayBuffer.isView(data) ? [data.buffer as ArrayBuffer] : [],
  );
  nowhere.postMessage(undefined, buffers);
}
