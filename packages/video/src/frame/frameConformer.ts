// Brings pictures to one size and pixel format.
import { GimbalError, type Size } from '@gimbal/core';
import {
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_SPC_RGB,
  AVCOL_SPC_SMPTE170M,
  type AVColorSpace,
} from 'node-av/constants';
import { Frame, SoftwareScaleContext } from 'node-av/lib';
import { checkFfmpeg } from '../ffmpeg/ffmpeg.js';
import { type PixelMapping, pixelFormatNumber } from './pixelFormats.js';

/** RGB pictures of at least this height become BT.709, smaller ones BT.601, as players assume. */
const HD_HEIGHT = 720;

/** The matrix by which RGB pictures become luma and chroma. */
export function matrixOfRgb({ height }: Pick<Size, 'height'>): AVColorSpace {
  return height >= HD_HEIGHT ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
}

/** Brings decoded pictures to one size and pixel format with swscale, off the event loop; those that fit pass through. */
export class FrameConformer {
  readonly #mapping: PixelMapping;
  readonly #size: Size;
  #scaler: SoftwareScaleContext | undefined;

  constructor(mapping: PixelMapping, size: Size) {
    this.#mapping = mapping;
    this.#size = size;
  }

  /** True when the picture's planes can be handed over as they are. Rows that run upwards cannot. */
  fits(native: Frame, mapping: PixelMapping | undefined): boolean {
    return (
      mapping !== undefined &&
      mapping.conversion === 'none' &&
      mapping.format === this.#mapping.format &&
      native.width === this.#size.width &&
      native.height === this.#size.height &&
      native.linesize[0] > 0
    );
  }

  /** A picture of the target's size and format; the one given is freed. */
  async convert(native: Frame): Promise<Frame> {
    this.#scaler ??= newScaler();
    const target = new Frame();
    target.alloc();
    try {
      target.copyProps(native);
      target.width = this.#size.width;
      target.height = this.#size.height;
      target.format = pixelFormatNumber(this.#mapping.format);
      // Luma and chroma keep their tags, also those that are missing: told different ones, swscale would change the samples.
      if (native.colorSpace === AVCOL_SPC_RGB || this.#mapping.conversion === 'matrix') {
        target.colorSpace = matrixOfRgb(this.#size);
        target.colorRange = AVCOL_RANGE_MPEG;
      }
      checkFfmpeg(target.getBuffer(0), 'GIMBAL_E_INPUT_UNSUPPORTED', 'allocate a picture');
      checkFfmpeg(await this.#scaler.scaleFrame(target, native), 'GIMBAL_E_INPUT_UNSUPPORTED', 'convert a picture');
      return target;
    } catch (error) {
      target.free();
      throw error;
    } finally {
      native.free();
    }
  }

  close(): void {
    this.#scaler?.freeContext();
    this.#scaler = undefined;
  }
}

/** A scaler that takes sizes, formats and colour tags from the frames it is given. */
export function newScaler(): SoftwareScaleContext {
  const scaler = new SoftwareScaleContext();
  scaler.allocContext();
  const set = scaler.setOption('sws_flags', 'bicubic+accurate_rnd+full_chroma_int+full_chroma_inp');
  if (set < 0)
    throw new GimbalError('GIMBAL_E_INPUT_UNSUPPORTED', 'This FFmpeg does not take the settings of its scaler.');
  return scaler;
}
