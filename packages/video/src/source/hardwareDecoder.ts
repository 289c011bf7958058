import { AV_HWDEVICE_TYPE_CUDA, type AVCodecID, type FFDecoderCodec } from 'node-av/constants';
import { avGetCodecName, Codec } from 'node-av/lib';

/**
 * FFmpeg's own decoder of a codec if it can leave the work to a CUDA device's video engine. FFmpeg prefers libraries to it where it has
 * them (dav1d for AV1), and those cannot.
 */
export function hardwareDecoder(codec: AVCodecID): Codec | undefined {
  const candidates = [Codec.findDecoder(codec), Codec.findDecoderByName(avGetCodecName(codec) as FFDecoderCodec)];
  return candidates.find((found) => found?.supportsDevice(AV_HWDEVICE_TYPE_CUDA)) ?? undefined;
}
