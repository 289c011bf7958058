import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { GimbalError } from '@gimbal/core';
import { errorFrom, type ServedClip } from '@gimbal/native';
import type { ChosenDecoder, DecodeAnswer, DecodeRequest, DecodeThreadData } from './decodeMessages.js';
import { startNativeThread } from './nativeThread.js';

/** A thread that decodes one clip. */
export interface DecodeThread {
  /** Resolves when the clip is open and its frames are served at `port`. Rejects with what the opening failed with. */
  readonly opened: Promise<{ readonly clip: ServedClip; readonly decoder: ChosenDecoder }>;
  readonly port: MessagePort;
  /** Waits until the thread is gone, which does not hurry it. */
  end(): Promise<void>;
  /** Ends whatever it does. */
  stop(): void;
}

/**
 * Starts the thread; it opens the clip at once, and ends once the source that is made of its port is closed and the last frame is back.
 * @throws GimbalError `GIMBAL_E_ADDON` where it is not built.
 */
export function startDecodeThread(request: DecodeRequest): DecodeThread {
  const { port1, port2 } = new MessageChannel();
  const data: DecodeThreadData = { request, port: port2 };
  const { worker, ended, stop } = startNativeThread('decodeWorker', 'decodes for a device', data, [port2]);
  const opened = new Promise<{ clip: ServedClip; decoder: ChosenDecoder }>((resolve, reject) => {
    worker.once('message', (answer: DecodeAnswer) => {
      // From now on only somebody who waits for frames keeps the process alive.
      worker.unref();
      if ('error' in answer) reject(errorFrom(answer.error));
      else resolve(answer);
    });
    const gone = (cause?: Error) => {
      const why = cause === undefined ? '' : `: ${cause.message}`;
      const message = `The thread that decodes ${request.file} for ${request.device} ended before the clip was open${why}.`;
      reject(new GimbalError('GIMBAL_E_DEVICE_UNAVAILABLE', message, { cause }));
    };
    worker.once('error', gone);
    worker.once('exit', () => gone());
  });
  return {
    opened,
    port: port1,
    end() {
      worker.ref();
      return ended;
    },
    stop,
  };
}
