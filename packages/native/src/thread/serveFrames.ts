import type { MessagePort } from 'node:worker_threads';
import type { DeviceCache } from '../cacheOnDevice.js';
import { errorWords } from './errorWords.js';
import type { FrameMessage, FrameRequest, ServedClip } from './frameMessages.js';
import { LentFrames } from './lentFrames.js';
import { ServedPass } from './servedPass.js';

/** Frames that are served to another thread. */
export interface FrameService {
  /** What the other thread must be told first: `ThreadFrames` is made of it. */
  readonly clip: ServedClip;
  /** Resolves when the source is closed, whoever asked for it: nothing is computed or decoded any more. */
  readonly atRest: Promise<void>;
  /** Resolves when the last frame is back too and the port is closed. */
  readonly over: Promise<void>;
  /** Ends all passes and closes the source, as the other thread may ask for too. @param reason What passes fail with from now on. */
  close(reason?: Error): void;
}

/**
 * Serves the frames of a source on a device to whoever is at the other end of the port: they stay where they are, and only what describes
 * them crosses, several at once. A frame lives until the other end gives it back; when that end is gone, all are taken back and the source
 * is closed.
 */
export function serveFrames(port: MessagePort, source: DeviceCache): FrameService {
  const lent = new LentFrames();
  const passes = new Map<number, ServedPass>();
  const running = new Set<Promise<void>>();
  const { info, device, kept, warnings } = source;
  const { width, height, format, pixelAspect, frameRate, frameCount, duration } = info;
  let closing = false;
  let failure: Error | undefined;
  let rest: () => void = () => undefined;
  const atRest = new Promise<void>((resolve) => {
    rest = resolve;
  });
  const gone = new Promise<void>((resolve) => port.once('close', resolve));
  const post = (message: FrameMessage) => port.postMessage(message);

  function start(pass: number, analysisOnly: boolean): void {
    if (failure !== undefined) {
      const { kept, warnings } = source;
      post({ kind: 'ended', pass, state: { kept, warnings }, error: errorWords(failure) });
      return;
    }
    const served = new ServedPass(pass, source, lent, { alone: passes.size === 0, post });
    passes.set(pass, served);
    const run = served.run(analysisOnly).finally(() => {
      passes.delete(pass);
      running.delete(run);
    });
    running.add(run);
  }

  function close(reason?: Error): void {
    if (closing) return;
    closing = true;
    failure = reason;
    for (const pass of passes.values()) pass.stop(reason);
    Promise.all(running)
      .then(() => source.close())
      .then(
        () => post({ kind: 'closed' }),
        (error: unknown) => post({ kind: 'closed', error: errorWords(error) }),
      )
      .finally(rest);
  }

  port.on('message', (request: FrameRequest) => {
    switch (request.kind) {
      case 'pass':
        return start(request.pass, request.analysisOnly);
      case 'taken':
        for (const id of request.back) lent.giveBack(id);
        return passes.get(request.pass)?.taken(request.count);
      case 'back':
        for (const id of request.back) lent.giveBack(id);
        return;
      case 'stop':
        return passes.get(request.pass)?.stop();
      case 'close':
        return close();
    }
  });
  void gone.then(() => close());
  const over = (async () => {
    await atRest;
    await Promise.race([lent.empty(), gone]);
    lent.abandon();
    port.close();
  })();
  return {
    clip: { info: { width, height, format, pixelAspect, frameRate, frameCount, duration }, device, kept, warnings },
    atRest,
    over,
    close,
  };
}
