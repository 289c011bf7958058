import { rmSync } from 'node:fs';
import type { ClipMotion, Frame, FrameSink, FrameSource, HostFrame, Size } from '@gimbal/core';
import { createVideoSink, type VideoSink, type VideoSource } from '@gimbal/video';
import { workFile } from '../places.js';
import { runClip, type Workers } from './clipRun.js';

const ULTRAFAST = { overwrite: true, preset: 'ultrafast' };

/** libx264 as fast as it goes, on this thread. */
export function fastEncoder(video: VideoSource, name: string): VideoSink {
  return createVideoSink(workFile('pipeline', name), { source: video, ...ULTRAFAST });
}

/** Rendered pictures of the beginning of a clip, in memory that the encoder takes as it is. */
export interface RenderedClip {
  readonly frames: readonly HostFrame[];
  close(): Promise<void>;
}

/** Renders a clip and keeps up to `most` pictures. */
export async function renderForEncoder(
  source: FrameSource,
  video: VideoSource,
  workers: Workers,
  { motion }: { readonly motion: ClipMotion },
  most: number,
): Promise<RenderedClip> {
  // Only lends pictures of the encoder's kind; nothing is written.
  const lender = fastEncoder(video, 'lender.mp4');
  const frames: HostFrame[] = [];
  const keeping = {
    open: (size: Size) => lender.open(size),
    allocate: (like: Frame) => lender.allocate(like),
    async write(frame: Frame) {
      if (frames.length < most) frames.push(frame as HostFrame);
      else frame.close();
    },
    finish: async () => undefined,
    abort: () => lender.abort(),
  };
  await runClip(source, keeping, workers, { motion });
  return {
    frames,
    async close() {
      for (const frame of frames) frame.close();
      await lender.abort();
    },
  };
}

/**
 * Frames a second that the encoder takes when it waits for nothing else, its end included.
 */
export async function encodeAlone({ frames }: RenderedClip, sinkFor: (name: string) => FrameSink): Promise<number> {
  const name = 'alone.mp4';
  const sink = sinkFor(name);
  const start = performance.now();
  await sink.open(frames[0]);
  for (const frame of frames) await sink.write(frame.clone() as HostFrame);
  await sink.finish();
  const seconds = (performance.now() - start) / 1000;
  rmSync(workFile('pipeline', name));
  return frames.length / seconds;
}
