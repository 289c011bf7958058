// Opens the decoder of a file's pictures.
import { GimbalError } from '@gimbal/core';
import { AV_PIX_FMT_CUDA } from 'node-av/constants';
import { Codec, type CodecContext, Dictionary } from 'node-av/lib';
import { checkFfmpeg } from '../ffmpeg/ffmpeg.js';
import { withLowPriorityThreads } from '../ffmpeg/lowerThreadPriority.js';
import { decoderWithAlpha } from '../frame/alphaChannel.js';
import type { DecodeOptions } from './decodeOptions.js';
import { hardwareDecoder } from './hardwareDecoder.js';
import type { InputFile } from './inputFile.js';

/** Pictures larger than this (16K is not) are refused: damaged headers announce sizes that no memory holds. */
const MAX_PIXELS = 2 ** 27;

/** Starts the decoder of a file's pictures. @throws GimbalError `GIMBAL_E_INPUT_UNSUPPORTED`. */
export async function openCodec(
  codec: CodecContext,
  path: string,
  file: InputFile,
  options: DecodeOptions,
): Promise<void> {
  const { video } = file;
  const { codecId } = video.codecpar;
  const decoder =
    (options.device && hardwareDecoder(codecId)) ??
    (options.alpha ? decoderWithAlpha(video) : null) ??
    Codec.findDecoder(codecId);
  const unsupported = 'GIMBAL_E_INPUT_UNSUPPORTED';
  if (decoder === null) {
    const name = video.codecpar.codecTagString ?? `number ${video.codecpar.codecId}`;
    throw new GimbalError(
      unsupported,
      `This FFmpeg has no decoder for the pictures in ${path} (codec ${name}); convert it first.`,
    );
  }
  codec.allocContext3(decoder);
  checkFfmpeg(codec.parametersToContext(video.codecpar), unsupported, `set up the decoder ${decoder.name} for ${path}`);
  codec.pktTimebase = video.timeBase;
  codec.threadCount = options.threads;
  if (options.device !== undefined) {
    codec.hwDeviceCtx = options.device;
    codec.setHardwarePixelFormat(AV_PIX_FMT_CUDA);
    // Threads bring nothing where an engine decodes, and each takes surfaces, of which an engine has 32.
    codec.threadCount = 1;
  }
  const settings = Dictionary.fromObject({ max_pixels: MAX_PIXELS });
  try {
    const opened = await withLowPriorityThreads(() => codec.open2(decoder, settings));
    checkFfmpeg(opened, unsupported, `start the decoder ${decoder.name} for ${path}`);
  } finally {
    settings.free();
  }
}
