// The thread that encodes pictures and writes them into a file, so that neither FFmpeg's calls nor their many answers are the main thread's.
// Started by createThreadSink.
import { parentPort, workerData } from 'node:worker_threads';
import { GimbalError } from '@gimbal/core';
import { errorWords, type SinkService, serveSink } from '@gimbal/native';
import { createVideoSink } from '@gimbal/video';
import type { EncodeAnswer, EncodeThreadData } from './thread/encodeMessages.js';
import { type ThreadRest, tellAtRest } from './thread/nativeThread.js';

const parent = parentPort;
if (parent === null) throw new Error('encodeWorker runs as a worker thread only.');
const data = workerData as EncodeThreadData & ThreadRest;
const { file, options, port } = data;
let service: SinkService | undefined;

const answer = (message: EncodeAnswer) => parent.postMessage(message);

// To be told to stop is all that comes from there.
parent.on('message', () => service?.abort(new GimbalError('GIMBAL_E_CANCELLED', `Encoding ${file} was given up.`)));
// A thread that is torn down with native calls under way takes the process with it.
process.on('uncaughtException', (cause) => {
  service?.abort(
    new GimbalError('GIMBAL_E_ENCODE', `The thread that encodes ${file} failed: ${cause.message}`, { cause }),
  );
});

try {
  const sink = createVideoSink(file, options);
  answer({ temporary: sink.temporary });
  service = serveSink(port, sink);
  await service.atRest;
} catch (error) {
  answer({ error: errorWords(error) });
  port.close();
} finally {
  tellAtRest(data);
  parent.close();
}
