import type { MessagePort } from 'node:worker_threads';
import type { ErrorWords } from '@gimbal/native';
import type { ClipFile, HostSinkOptions, PlainSource } from '@gimbal/video';

/** How `createThreadSink` encodes, and where everything but the picture comes from: as for `createVideoSink`. */
export type EncodeOptions = Pick<
  HostSinkOptions,
  'source' | 'overwrite' | 'codec' | 'pixelFormat' | 'crf' | 'preset' | 'threads'
>;

/** What the thread is started with. */
export interface EncodeThreadData {
  readonly file: string;
  readonly options: EncodeOptions & { readonly source: ClipFile | PlainSource };
  /** Where the sink is served. */
  readonly port: MessagePort;
}

/** What the thread says by itself: which file it will write first, or why it does not take this one. */
export type EncodeAnswer = { readonly temporary: string } | { readonly error: ErrorWords };
