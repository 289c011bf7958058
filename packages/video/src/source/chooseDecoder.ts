import { type DeviceName, GimbalError } from '@gimbal/core';
import { isDeviceError } from '@gimbal/core/device';
import type { AVPixelFormat } from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import type { CudaBridge } from '../ffmpeg/cudaBridge.js';
import { deviceOrdinal, type HardwareDevice, openHardwareDevice } from '../ffmpeg/hardwareDevice.js';
import { downloadPicture } from '../frame/downloadPicture.js';
import { framesEqual } from '../frame/framesEqual.js';
import { mapPixelFormat, type PixelMapping } from '../frame/pixelFormats.js';
import { IdleDecoder } from './idleDecoder.js';
import { PictureDecoder } from './pictureDecoder.js';

/** Which decoder a source uses, and why. */
export interface DecoderInfo {
  /** `nvdec`: the video engine of a CUDA device, frames stay there. `software`: FFmpeg's own, frames in host memory. */
  readonly name: 'nvdec' | 'software';
  /** Ordinal of the device; `undefined` for software. */
  readonly device: number | undefined;
  readonly reason: string;
}

/** A decoder and what its pictures are. */
export interface ChosenDecoder {
  readonly info: DecoderInfo;
  readonly mapping: PixelMapping;
  readonly device: HardwareDevice | undefined;
  /** The device's decoder, for the passes over the file; to be closed. */
  readonly resting: IdleDecoder | undefined;
}

export interface DecoderWishes {
  readonly device?: DeviceName | undefined;
  readonly cuda?: CudaBridge | undefined;
  readonly stream?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What is known of a file before its decoder is chosen. */
export interface FirstPicture {
  /** As FFmpeg decoded it. */
  readonly first: Frame;
  readonly mapping: PixelMapping;
  readonly codec: string;
  /** Pictures are interlaced and shall not stay so. */
  readonly deinterlaced: boolean;
}

/** Packets after which a device that has given no picture is not asked further. */
const PATIENCE = 64;

/** Codecs whose standards fix every bit of the decoded picture: which decoder ran cannot be told from the result. */
const EXACT_CODECS = new Set(['h264', 'hevc', 'av1', 'vp9', 'vp8']);

/**
 * Chooses the decoder by trying: the device's must give the same first picture as FFmpeg's own. A format that the device does not take
 * is decoded by software whatever was asked for, because decoding is not the work that the device was chosen for.
 * @throws GimbalError `GIMBAL_E_DEVICE_UNAVAILABLE` when `cuda` or `cuda:N` cannot be used, `GIMBAL_E_INVALID_ARGUMENT` for a wrong name.
 */
export async function chooseDecoder(
  path: string,
  { first, mapping, codec, deinterlaced }: FirstPicture,
  { device: wanted = 'cpu', cuda, stream, signal }: DecoderWishes,
): Promise<ChosenDecoder> {
  const software = (reason: string): ChosenDecoder => ({
    info: { name: 'software', device: undefined, reason },
    mapping,
    device: undefined,
    resting: undefined,
  });
  const ordinal = deviceOrdinal(wanted);
  if (ordinal === undefined) return software('frames in host memory were asked for');
  if (cuda === undefined) {
    if (wanted === 'auto') return software('no native code was given (option cuda) to reach a device with');
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `Decoding on ${wanted} needs the option cuda: pass cudaBridge of @gimbal/native.`,
    );
  }
  let device: HardwareDevice;
  try {
    device = await openHardwareDevice(ordinal, cuda);
  } catch (error) {
    if (wanted !== 'auto' || !isDeviceError(error)) throw error;
    return software((error as GimbalError).message);
  }
  const engine = `the video engine of cuda:${ordinal}`;
  if (!EXACT_CODECS.has(codec)) return software(`${engine} does not decode ${codec} bit for bit as FFmpeg does`);
  if (deinterlaced) return software('interlaced pictures are made whole on the CPU');
  if (mapping.format.alpha) return software(`${engine} does not give an alpha channel`);
  if (mapping.conversion !== 'none') return software(`${engine} does not give pictures of ${mapping.from}`);
  const resting = new IdleDecoder();
  let taken: PixelMapping | string | undefined;
  try {
    const decode = { threads: 1, device: device.context, resting, patience: PATIENCE, stream, signal };
    taken = await tryDevice(await PictureDecoder.open(path, decode), { first, mapping, codec });
  } finally {
    if (typeof taken !== 'object') resting.close();
  }
  if (typeof taken === 'string') return software(`${engine} ${taken}`);
  const reason = `${engine} decodes ${codec} of ${mapping.from}`;
  const format = { ...taken, from: mapping.from, fullRange: mapping.fullRange };
  return { info: { name: 'nvdec', device: ordinal, reason }, mapping: format, device, resting };
}

/** What the device's pictures are, or why its decoder is of no use: a sentence about it. Closes the decoder. */
async function tryDevice(
  decoder: PictureDecoder,
  { first, mapping, codec }: Omit<FirstPicture, 'deinterlaced'>,
): Promise<PixelMapping | string> {
  let picture: Frame | undefined;
  try {
    picture = await decoder.next();
    if (!picture?.isHwFrame()) return `does not take ${codec} of ${mapping.from}`;
    const taken = mapPixelFormat(surfaceFormat(picture));
    if (taken?.conversion !== 'none') return `gives ${taken?.from}, which frames have no word for`;
    const copy = await downloadPicture(picture);
    const same = framesEqual({ native: copy, format: taken.format }, { native: first, format: mapping.format });
    copy.free();
    return same ? taken : 'decodes the first picture otherwise than FFmpeg does';
  } finally {
    picture?.free();
    await decoder.close();
  }
}

/** The pixel format in which a picture lies on its device. */
export function surfaceFormat(picture: Frame): AVPixelFormat {
  const frames = picture.hwFramesCtx;
  const format = frames?.swFormat as AVPixelFormat;
  frames?.free();
  return format;
}
