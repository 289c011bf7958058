// The thread that decodes a clip and brings its frames onto a device, so that neither the work nor the opening and ending of decoders is the
// main thread's. Started by decodeThread.
import { parentPort, workerData } from 'node:worker_threads';
import { GimbalError } from '@gimbal/core';
import { errorWords, type FrameService, serveFrames } from '@gimbal/native';
import { openOnDevice } from './clip/openOnDevice.js';
import type { DecodeAnswer, DecodeThreadData } from './thread/decodeMessages.js';
import { type ThreadRest, tellAtRest } from './thread/nativeThread.js';

const parent = parentPort;
if (parent === null) throw new Error('decodeWorker runs as a worker thread only.');
const data = workerData as DecodeThreadData & ThreadRest;
const { request, port } = data;
const stop = new AbortController();
let service: FrameService | undefined;

/** Ends what is under way; the thread ends by itself once it is at rest. */
function end(): void {
  stop.abort();
  service?.close();
}

const answer = (message: DecodeAnswer) => parent.postMessage(message);

// To be told to stop is all that comes from there.
parent.on('message', end);
// A thread that is torn down with native calls under way takes the process with it.
process.on('uncaughtException', (cause) => {
  const message = `The thread that brings frames onto ${request.device} failed: ${cause.message}`;
  service?.close(new GimbalError('GIMBAL_E_DEVICE_LOST', message, { cause }));
  end();
});

try {
  const { cache, decoder } = await openOnDevice(request, stop.signal);
  service = serveFrames(port, cache);
  answer({ clip: service.clip, decoder });
  if (stop.signal.aborted) service.close();
  await service.atRest;
  tellAtRest(data);
  await service.over;
} catch (error) {
  answer({ error: errorWords(error) });
  tellAtRest(data);
  port.close();
} finally {
  parent.close();
}
