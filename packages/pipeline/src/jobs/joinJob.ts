import { type JoinedVideos, joinVideos, openVideo } from '@gimbal/video';
import type { Settings } from '../stabilize/settings.js';
import type { JobContext } from './stabilizeJob.js';

/** Parts of a clip that are to become one file. Plain values. */
export interface JoinOrder extends Pick<Settings, 'stream' | 'start' | 'end' | 'deinterlace' | 'overwrite'> {
  /** The clip that they are parts of. */
  readonly input: string;
  readonly parts: readonly string[];
  readonly output: string;
  /** Seconds, one per frame of the clip. */
  readonly times: Float64Array;
}

/** Joins the files in this thread. */
export async function joinJob(order: JoinOrder, { signal, onProgress }: JobContext): Promise<JoinedVideos> {
  const { input, parts, output, times, stream, start, end, deinterlace, overwrite } = order;
  const total = times.length;
  onProgress({ stage: 'join', done: 0, total });
  const source = await openVideo(input, { signal, stream, start, end, deinterlace });
  try {
    const onWritten = (done: number) => onProgress({ stage: 'join', done, total });
    return await joinVideos(parts, output, { source, times, overwrite, signal, onWritten });
  } finally {
    await source.close();
  }
}
