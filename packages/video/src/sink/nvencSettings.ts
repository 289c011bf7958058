// The settings of NVENC that stand for those of a software encoder.
import type { FFEncoderCodec } from 'node-av/constants';
import { type EncoderSettings, presetIndex, type VideoCodec } from './encoderSettings.js';

/** NVENC's encoder for each codec that it has. */
const ENCODERS: Readonly<Partial<Record<VideoCodec, string>>> = {
  h264: 'h264_nvenc',
  h265: 'hevc_nvenc',
  av1: 'av1_nvenc',
};
/** NVENC's numbers for x264's preset names. */
const PRESETS = ['p1', 'p1', 'p2', 'p3', 'p3', 'p4', 'p5', 'p6', 'p7'];

/** What NVENC is told in place of a software encoder: the same codec, quality number and effort; `undefined` for a codec that it lacks. */
export function nvencSettings(software: EncoderSettings, preset: string | undefined): EncoderSettings | undefined {
  const encoder = ENCODERS[software.codec];
  if (encoder === undefined) return undefined;
  // SVT-AV1's own numbers mean nothing to NVENC.
  const named = preset !== undefined && /^\d+$/.test(preset) ? undefined : preset;
  const options = { preset: PRESETS[presetIndex(named)], tune: 'hq', rc: 'vbr', cq: software.options.crf, b: '0' };
  return { ...software, encoder: encoder as FFEncoderCodec, options };
}
