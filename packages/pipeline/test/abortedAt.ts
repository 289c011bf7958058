import type { FrameSource } from '@gimbal/core';

/** Reads a clip with a signal that is raised at frame `index`. Settles as the pass ends. */
export async function abortedAt(source: FrameSource, index: number): Promise<void> {
  const stop = new AbortController();
  for await (const frame of source.frames({ signal: stop.signal })) {
    frame.close();
    if (frame.index === index) stop.abort();
  }
}
