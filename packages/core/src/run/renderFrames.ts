import type { Frame } from '../frame/frame.js';
import type { FrameSink } from '../frame/frameSink.js';
import type { ClipInfo } from '../frame/frameSource.js';
import { framesInFlight } from './framesInFlight.js';
import type { Renderer, Warp } from './renderer.js';

/** A frame, and where its pixels are to be found: output pixel → source pixel. */
export interface PlannedFrame {
  readonly frame: Frame;
  readonly warp: Warp;
}

/** What a sink has been given. */
export interface Written {
  frames: number;
  /** Whether it refused a frame: what it was given is gone, nothing can be put in its place. */
  failed: boolean;
}

export function nothingWritten(): Written {
  return { frames: 0, failed: false };
}

/** What {@link renderFrames} works with. */
export interface RenderFramesOptions {
  readonly renderer: Renderer;
  readonly sink: FrameSink;
  /** Of the frames that come. */
  readonly info: ClipInfo;
  readonly signal?: AbortSignal | undefined;
  /** Told after every frame that was begun. */
  readonly onBegun?: (() => void) | undefined;
}

/**
 * Renders frames and writes them, in order. As many are on their way as the renderer says it gains by; the sink holds the rest back. Done
 * once the sink has taken the last.
 * @param written Is kept up to date.
 * @throws what the frames' source, renderer and sink throw, of several failures that of the earliest frame. Every frame is closed by then.
 */
export async function renderFrames(
  planned: AsyncIterable<PlannedFrame>,
  written: Written,
  { renderer, sink, info, signal, onBegun }: RenderFramesOptions,
): Promise<void> {
  const most = framesInFlight(renderer.concurrency, info);
  const rendering: Promise<void>[] = [];
  const writing: Promise<void>[] = [];

  /** Starts a frame; the first promise tells that it is rendered, the second that the sink has taken it after those before it. */
  function start({ frame, warp }: PlannedFrame, before: Promise<void> | undefined): [Promise<void>, Promise<void>] {
    let target: Frame | undefined;
    const rendered = (async () => {
      try {
        target = await sink.allocate(frame);
        await renderer.render(frame, target, warp, { signal });
      } finally {
        frame.close();
      }
    })();
    const taken = (async () => {
      try {
        await rendered;
        await before;
      } catch (error) {
        target?.close();
        // What went wrong with an earlier frame matters more.
        await before;
        throw error;
      }
      written.frames++;
      await sink.write(target as Frame).catch((error: unknown) => {
        written.failed = true;
        throw error;
      });
    })();
    // Both are awaited some frames later; a failure must not count as unhandled until then.
    for (const promise of [rendered, taken]) promise.catch(() => undefined);
    return [rendered, taken];
  }

  try {
    for await (const frame of planned) {
      const [rendered, taken] = start(frame, writing.at(-1));
      rendering.push(rendered);
      writing.push(taken);
      if (rendering.length >= most) await rendering.shift();
      if (writing.length > most) await writing.shift();
      onBegun?.();
    }
  } finally {
    await writing.at(-1);
  }
}
