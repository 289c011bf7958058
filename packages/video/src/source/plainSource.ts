import { GimbalError, type PixelFormat } from '@gimbal/core';
import {
  AV_DISPOSITION_DEFAULT,
  AVCHROMA_LOC_UNSPECIFIED,
  AVCOL_PRI_UNSPECIFIED,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_UNSPECIFIED,
  AVCOL_TRC_UNSPECIFIED,
} from 'node-av/constants';
import type { VideoInfo, VideoStreamInfo } from './videoStreamInfo.js';

/** What a sink must know of a clip that is a file, such as its `VideoSource`: plain values, which may come from another thread. */
export interface ClipFile {
  readonly path: string;
  readonly info: VideoInfo;
}

/** What a sink must know when its frames come from no file: time stamps are the frames' own times. */
export interface PlainSource {
  readonly format: PixelFormat;
  /** Nominal frames per second. */
  readonly frameRate: number;
  readonly fullRange?: boolean | undefined;
  /** Anything of the stream that shall not be its default. */
  readonly stream?: Partial<VideoStreamInfo> | undefined;
}

/** Ticks a second in which all common frame rates, also those over 1.001, have whole durations. */
const TICKS = 120_000;

export function plainStream(source: PlainSource): { format: PixelFormat; fullRange: boolean; stream: VideoStreamInfo } {
  const { format, frameRate, fullRange = false } = source;
  if (!(frameRate > 0 && frameRate <= 1000)) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `Expected a frame rate above 0 and up to 1000, received ${frameRate}.`,
    );
  }
  const stream: VideoStreamInfo = {
    timeBase: { num: 1, den: TICKS },
    frameRate: { num: Math.round(frameRate * 1001), den: 1001 },
    sampleAspectRatio: { num: 1, den: 1 },
    color: {
      range: fullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG,
      primaries: AVCOL_PRI_UNSPECIFIED,
      transfer: AVCOL_TRC_UNSPECIFIED,
      matrix: AVCOL_SPC_UNSPECIFIED,
      chromaLocation: AVCHROMA_LOC_UNSPECIFIED,
    },
    rotation: 0,
    sideData: new Map(),
    metadata: {},
    disposition: AV_DISPOSITION_DEFAULT,
    ...source.stream,
  };
  return { format, fullRange, stream };
}
