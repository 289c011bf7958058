import { VIDEO_CODECS, type VideoCodec } from './encoderSettings.js';

/** What people call the codecs: standards, encoders, FourCCs. */
const ALIASES: Readonly<Record<VideoCodec, readonly string[]>> = {
  h264: ['h.264', 'avc', 'avc1', 'x264', 'libx264', 'mpeg4-avc'],
  h265: ['h.265', 'hevc', 'x265', 'libx265', 'hvc1', 'hev1'],
  av1: ['av01', 'svt-av1', 'svtav1', 'libsvtav1'],
  vp9: ['vp09', 'libvpx-vp9', 'libvpx'],
  prores: ['prores_ks', 'apple-prores'],
  ffv1: ['ffv01'],
};

/** The codec that a name means, in upper or lower case: `hevc`, `x265` and `libx265` are `h265`. `undefined` for an unknown one. */
export function codecNamed(name: string): VideoCodec | undefined {
  const lower = name.trim().toLowerCase();
  return VIDEO_CODECS.find((codec) => codec === lower || ALIASES[codec].includes(lower));
}
