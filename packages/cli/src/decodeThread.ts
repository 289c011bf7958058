import { existsSync } from 'node:fs';
import path from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { GimbalError } from '@gimbal/core';
import { errorFrom, type ServedClip } from '@gimbal/native';
import type { ChosenDecoder, DecodeAnswer, DecodeRequest, DecodeThreadData } from './decodeMessages.js';

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

/** Built beside the bundle; found from the sources and from the bundle alike. */
const WORKER = path.join(import.meta.dirname, '../dist/decodeWorker.js');

/** Longest that a process which exits waits for its threads to come to rest, milliseconds. */
const REST_MS = 2000;
/** Threads that may be in the midst of a call to native code. */
const atWork = new Map<DecodeThread, Int32Array>();

/**
 * Starts the thread; it opens the clip at once, and ends once the source that is made of its port is closed and the last frame is back.
 * @throws GimbalError `GIMBAL_E_ADDON` where it is not built.
 */
export function startDecodeThread(request: DecodeRequest): DecodeThread {
  if (!existsSync(WORKER)) {
    throw new GimbalError(
      'GIMBAL_E_ADDON',
      `The thread that decodes for a device was expected at ${WORKER} but is not there. Build it with "npm run build -w @gimbal/cli".`,
    );
  }
  const { port1, port2 } = new MessageChannel();
  const rest = new SharedArrayBuffer(4);
  const workerData: DecodeThreadData = { request, port: port2, rest };
  // Flags of Node that are meant for a program given as text (--input-type) would keep a thread from starting.
  const worker = new Worker(WORKER, { workerData, transferList: [port2], execArgv: [] });
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
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      atWork.delete(thread);
      resolve();
    });
  });
  const thread: DecodeThread = {
    opened,
    port: port1,
    end() {
      worker.ref();
      return ended;
    },
    stop: () => worker.postMessage('stop'),
  };
  if (atWork.size === 0) watchExit();
  atWork.set(thread, new Int32Array(rest));
  return thread;
}

let watched = false;

/**
 * FFmpeg's binding ends a process in disorder whose thread is torn down in the midst of a call. So a process that exits lets them finish
 * what they are at: the call that is under way, not the clip.
 */
function watchExit(): void {
  if (watched) return;
  watched = true;
  process.on('exit', () => {
    const deadline = performance.now() + REST_MS;
    for (const thread of atWork.keys()) thread.stop();
    for (const rest of atWork.values()) Atomics.wait(rest, 0, 0, Math.max(0, deadline - performance.now()));
  });
}
