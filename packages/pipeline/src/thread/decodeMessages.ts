import type { MessagePort } from 'node:worker_threads';
import type { ErrorWords, ServedClip } from '@gimbal/native';
import type { Deinterlace } from '@gimbal/video';
import type { DecoderChoice } from '../clip/decoderChoice.js';

/** Which clip the thread opens, and how. */
export interface DecodeRequest {
  readonly file: string;
  readonly device: `cuda:${number}`;
  readonly decoder: DecoderChoice;
  readonly deinterlace?: Deinterlace | undefined;
  /** Decoding threads; all the machine's unless told. */
  readonly threads?: number | undefined;
  /** Bytes of the device's memory that frames may be kept in; a share of what is free unless told. */
  readonly deviceMemory?: number | undefined;
  /** Every frame is read once only: none is kept. */
  readonly once: boolean;
}

/** Who decodes, and why that one. */
export interface ChosenDecoder {
  readonly name: 'software' | 'nvdec';
  readonly reason: string;
}

/** What the thread is started with. */
export interface DecodeThreadData {
  readonly request: DecodeRequest;
  /** Where frames are served. */
  readonly port: MessagePort;
}

/** What the thread says by itself: that the clip is open, and frames are served, or why not. */
export type DecodeAnswer =
  | { readonly clip: ServedClip; readonly decoder: ChosenDecoder }
  | { readonly error: ErrorWords };
