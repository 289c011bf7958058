import { rm } from 'node:fs/promises';
import { MessageChannel } from 'node:worker_threads';
import { errorFrom, ThreadSink } from '@gimbal/native';
import { type ClipFile, createVideoSink, type PlainSource } from '@gimbal/video';
import type { EncodeAnswer, EncodeOptions, EncodeThreadData } from './encodeMessages.js';
import { startNativeThread } from './nativeThread.js';

/**
 * Makes a sink for a file, as `createVideoSink` does, but one that encodes and writes in a thread of its own: this one only hands over pictures in
 * memory that both share. That costs a copy of each picture, made there, and memory for about a dozen. It pays where this thread has other
 * things to do that may not wait, such as to keep a GPU busy.
 * The thread starts at once and ends after `finish` or `abort`; nothing is written before `open`.
 * @throws GimbalError `GIMBAL_E_OUTPUT_EXISTS`, `_IS_INPUT`, `_UNWRITABLE`, `GIMBAL_E_INVALID_ARGUMENT`, `GIMBAL_E_ADDON` where the thread's program
 * is not built; the sink throws what a video sink does, and `GIMBAL_E_ENCODE` when the thread ends.
 */
export function createThreadSink(file: string, options: EncodeOptions): ThreadSink {
  const { overwrite, codec, pixelFormat, crf, preset, threads } = options;
  // What the thread would refuse is refused here, at once.
  createVideoSink(file, options);
  const source = plainly(options.source);
  const { format, fullRange = false } = 'path' in source ? source.info : source;
  const { port1, port2 } = new MessageChannel();
  const data: EncodeThreadData = {
    file,
    options: { source, overwrite, codec, pixelFormat, crf, preset, threads },
    port: port2,
  };
  const { worker } = startNativeThread('encodeWorker', 'encodes', data, [port2]);
  // Only somebody who waits for the sink keeps the process alive.
  worker.unref();
  let temporary: string | undefined;
  const lost = async () => {
    if (temporary !== undefined) await rm(temporary, { force: true });
  };
  const sink = new ThreadSink(port1, { name: file, format, fullRange, lost });
  worker.once('message', (answer: EncodeAnswer) => {
    if ('error' in answer) sink.lose(errorFrom(answer.error));
    else temporary = answer.temporary;
  });
  worker.once('error', (cause: Error) => sink.lose(cause));
  return sink;
}

/** Without what cannot cross between threads. */
function plainly(source: EncodeOptions['source']): ClipFile | PlainSource {
  return 'path' in source ? { path: source.path, info: source.info } : source;
}
