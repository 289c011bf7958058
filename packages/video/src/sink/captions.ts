// Closed captions, handed on from the clip's pictures to those that are encoded.
import type { Frame } from '@gimbal/core';
import { AV_FRAME_DATA_A53_CC } from 'node-av/constants';
import type { AvPicture } from '../frame/avPicture.js';
import type { VideoCodec } from './encoderSettings.js';

/** Codecs whose encoders here (x264, x265, NVENC) write closed captions into the pictures that bring them. */
const WRITTEN_BY: ReadonlySet<VideoCodec> = new Set(['h264', 'h265']);

/** Hands the closed captions (CEA-608, CEA-708; ATSC A/53) of a clip's pictures on to those that are encoded in their place. */
export class Captions {
  readonly #codec: VideoCodec;
  #met: boolean;
  #handed = false;

  /** @param expected the clip is known to have captions. */
  constructor(codec: VideoCodec, expected: boolean) {
    this.#codec = codec;
    this.#met = expected;
  }

  /** Gives `to`, which may have been used before, the captions of `from`. */
  hand(from: Frame, to: AvPicture<unknown>): void {
    to.native.removeSideData(AV_FRAME_DATA_A53_CC);
    const { captions } = from;
    if (captions === undefined) return;
    this.#met = true;
    if (!WRITTEN_BY.has(this.#codec)) return;
    to.native.newSideData(AV_FRAME_DATA_A53_CC, captions.length).set(captions);
    this.#handed = true;
  }

  /** What is to be said at the end. */
  get notes(): string[] {
    if (!this.#met || this.#handed) return [];
    const why = WRITTEN_BY.has(this.#codec)
      ? 'were not at hand where the pictures were made'
      : `have no place in ${this.#codec}`;
    return [`Left out: closed captions inside the pictures; they ${why}.`];
  }
}
