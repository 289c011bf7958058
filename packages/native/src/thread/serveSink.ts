import type { MessagePort } from 'node:worker_threads';
import type { FrameSink, HostFrame, SourceWarning } from '@gimbal/core';
import { loadAddon } from '../addon.js';
import { nativeCall } from '../nativeCall.js';
import { nativePlane } from '../nativePlane.js';
import { errorWords } from './errorWords.js';
import { PicturePlace, SharedPicture } from './sharedPicture.js';
import type { PictureKind, PictureWords, SinkMessage, SinkRequest } from './sinkMessages.js';

/** A sink of frames in host memory. One that is allocated like a frame that tells `pts` and `duration` is shown at that tick. */
export interface ServedSink extends FrameSink {
  /** What could not be kept as it was, in words. */
  readonly notes: readonly string[];
  /** What was damaged in what it copies from elsewhere. Complete after `finish`. */
  readonly warnings?: readonly SourceWarning[] | undefined;
}

/** A sink that another thread writes into. */
export interface SinkService {
  /** Resolves when the output is complete, or nothing of it is left, whoever asked for it: nothing is encoded or written any more. */
  readonly atRest: Promise<void>;
  /** Gives the output up, as the other thread may ask for too. @param reason What it is told. */
  abort(reason?: Error): void;
}

/**
 * Lets whoever is at the other end of the port write into a sink. Pictures are in memory of both threads; each goes back as soon as it is copied
 * into one of the sink's own, which happens while the sink takes the one before. When the other end is gone before the output is complete, nothing is left of it.
 */
export function serveSink(port: MessagePort, sink: ServedSink): SinkService {
  const places = new Map<number, PicturePlace>();
  let kind: PictureKind | undefined;
  let together = 1;
  let taken: number[] = [];
  let waiting: PictureWords[] = [];
  let opening: Promise<void> | undefined;
  let writing: Promise<void> | undefined;
  let aborting = false;
  let failed = false;
  let over = false;
  let rest: () => void = () => undefined;
  const atRest = new Promise<void>((resolve) => {
    rest = resolve;
  });
  const post = (message: SinkMessage) => port.postMessage(message);

  function fail(error: unknown): void {
    if (failed) return;
    failed = true;
    waiting = [];
    post({ kind: 'failed', error: errorWords(error) });
  }

  function end(message: SinkMessage): void {
    if (over) return;
    over = true;
    post(message);
    port.close();
    rest();
  }

  function giveBack({ id }: PicturePlace): void {
    taken.push(id);
    if (taken.length < together || over) return;
    post({ kind: 'taken', places: taken });
    taken = [];
  }

  /** A picture in a frame of the sink's own; nothing after a failure. Never rejects. */
  async function bring(words: PictureWords, pictures: PictureKind): Promise<HostFrame | undefined> {
    const picture = new SharedPicture(places.get(words.place) as PicturePlace, pictures, words);
    let frame: HostFrame | undefined;
    try {
      frame = (await sink.allocate(picture)) as HostFrame;
      const { planes } = frame;
      await nativeCall(() => loadAddon().copyPlanes(picture.planes.map(nativePlane), planes.map(nativePlane)));
      return frame;
    } catch (error) {
      frame?.close();
      fail(error);
      return undefined;
    } finally {
      picture.close();
    }
  }

  async function write(pictures: PictureKind): Promise<void> {
    const next = () => {
      const words = waiting.shift();
      return words && bring(words, pictures);
    };
    let coming = next();
    while (coming !== undefined) {
      const frame = await coming;
      coming = next();
      if (failed) frame?.close();
      else if (frame !== undefined) await sink.write(frame).catch(fail);
      coming ??= next();
    }
    writing = undefined;
  }

  async function finish(): Promise<void> {
    await writing;
    if (failed || aborting) return;
    const finished = (): void => end({ kind: 'finished', notes: sink.notes, warnings: sink.warnings ?? [] });
    await sink.finish().then(finished, fail);
  }

  function abort(reason?: Error): void {
    if (over || aborting) return;
    aborting = true;
    if (reason !== undefined) fail(reason);
    void giveUp();
  }

  async function giveUp(): Promise<void> {
    waiting = [];
    await sink.abort().catch(fail);
    // A sink may give up before its opening has heard of it.
    await opening;
    await writing;
    end({ kind: 'aborted', notes: sink.notes });
  }

  port.on('message', (request: SinkRequest) => {
    switch (request.kind) {
      case 'open':
        kind = request.pictures;
        together = request.together;
        opening = sink.open(kind.size).then(() => post({ kind: 'opened', notes: sink.notes }), fail);
        return;
      case 'write': {
        const pictures = kind as PictureKind;
        for (const { id, memory } of request.places) {
          places.set(id, new PicturePlace(id, memory, pictures, giveBack));
        }
        if (failed) return;
        waiting.push(...request.pictures);
        writing ??= write(pictures);
        return;
      }
      case 'finish':
        void finish();
        return;
      case 'abort':
        abort();
    }
  });
  port.once('close', () => abort());
  return { atRest, abort };
}
