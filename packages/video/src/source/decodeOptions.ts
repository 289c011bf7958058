import type { HardwareDeviceContext } from 'node-av/lib';
import type { IdleDecoder } from './idleDecoder.js';

/** How one pass over a file decodes. */
export interface DecodeOptions {
  /** 0: as many as FFmpeg finds sensible. */
  readonly threads: number;
  /** Use the decoder that gives an alpha channel too, where there is one. */
  readonly alpha?: boolean | undefined;
  /** Decode with the video engine of this CUDA device: pictures lie there (`isHwFrame()`) unless it does not take the format. */
  readonly device?: HardwareDeviceContext | undefined;
  /** Where that decoder comes from if one rests there, and rests afterwards; for one file only. */
  readonly resting?: IdleDecoder | undefined;
  /** Packets that may be refused before decoding is given up; any number unless told. */
  readonly patience?: number | undefined;
  /** Index of the stream; the one that `openInputFile` chooses unless told. */
  readonly stream?: number | undefined;
  /** Seconds on the clip's clock: pictures that are shown earlier need not be given. */
  readonly from?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
