import path from 'node:path';
import { GimbalError } from '@gimbal/core';
import type { VideoCodec } from './encoderSettings.js';

/** What a container takes, by FFmpeg's codec names. A family of codecs is written as its prefix with a star. */
export interface Container {
  /** FFmpeg's name of the muxer. */
  readonly muxer: 'mp4' | 'mov' | 'matroska' | 'webm';
  readonly video: readonly VideoCodec[];
  /** Other video streams that are copied. */
  readonly otherVideo: readonly string[];
  readonly audio: readonly string[];
  /** FFmpeg's encoder for sound that cannot be copied. */
  readonly audioEncoder: string;
  readonly subtitles: readonly string[];
  readonly attachments: boolean;
}

const QUICKTIME = { attachments: false, subtitles: ['mov_text'], audioEncoder: 'aac' } as const;
const MP4: Container = {
  ...QUICKTIME,
  muxer: 'mp4',
  video: ['h264', 'h265', 'av1', 'vp9'],
  otherVideo: ['h264', 'hevc', 'av1', 'vp9', 'mpeg4', 'mpeg2video', 'mjpeg', 'png'],
  audio: ['aac', 'mp3', 'mp2', 'ac3', 'eac3', 'opus', 'flac', 'alac', 'dts'],
};
const MOV: Container = {
  ...QUICKTIME,
  muxer: 'mov',
  video: ['h264', 'h265', 'prores', 'ffv1'],
  otherVideo: ['h264', 'hevc', 'mpeg4', 'mpeg2video', 'mjpeg', 'png', 'prores', 'dnxhd'],
  audio: ['aac', 'mp3', 'mp2', 'ac3', 'eac3', 'alac', 'pcm_*', 'adpcm_ima_qt', 'qdm2'],
};
const MATROSKA: Container = {
  muxer: 'matroska',
  video: ['h264', 'h265', 'av1', 'vp9', 'prores', 'ffv1'],
  otherVideo: ['*'],
  audio: [
    'aac',
    'mp3',
    'mp2',
    'ac3',
    'eac3',
    'dts',
    'truehd',
    'mlp',
    'opus',
    'vorbis',
    'flac',
    'alac',
    'tta',
    'wavpack',
  ].concat(['pcm_u8', 'pcm_s16le', 'pcm_s24le', 'pcm_s32le', 'pcm_f32le', 'pcm_f64le', 'pcm_s16be', 'pcm_s24be']),
  audioEncoder: 'flac',
  subtitles: ['subrip', 'ass', 'ssa', 'webvtt', 'hdmv_pgs_subtitle', 'dvb_subtitle', 'dvd_subtitle'],
  attachments: true,
};
const WEBM: Container = {
  muxer: 'webm',
  video: ['av1', 'vp9'],
  otherVideo: ['vp8', 'vp9', 'av1'],
  audio: ['opus', 'vorbis'],
  audioEncoder: 'libopus',
  subtitles: ['webvtt'],
  attachments: false,
};

const CONTAINERS: ReadonlyMap<string, Container> = new Map([
  ['.mp4', MP4],
  ['.m4v', MP4],
  ['.mov', MOV],
  ['.mkv', MATROSKA],
  ['.webm', WEBM],
]);

/**
 * The container that an output's extension asks for.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for an unknown extension, or a codec that the container does not take.
 */
export function containerFor(file: string, codec: VideoCodec): Container {
  const container = containerOf(file);
  if (!container.video.includes(codec)) {
    const fitting = [...CONTAINERS].filter(([, { video }]) => video.includes(codec)).map(([name]) => name);
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `${path.extname(file).toLowerCase()} files take ${container.video.join(', ')}, not ${codec}; use another codec, or one of ${fitting.join(', ')}.`,
    );
  }
  return container;
}

/**
 * The container that an output's extension asks for, whatever goes into it.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for an unknown extension.
 */
export function containerOf(file: string): Container {
  const extension = path.extname(file).toLowerCase();
  const container = CONTAINERS.get(extension);
  if (container !== undefined) return container;
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `The output's extension chooses its container: expected one of ${[...CONTAINERS.keys()].join(', ')}, received "${extension}" in ${file}.`,
  );
}

/** True if a codec is on one of the container's lists. */
export function takes(list: readonly string[], codec: string): boolean {
  return list.some((entry) => (entry.endsWith('*') ? codec.startsWith(entry.slice(0, -1)) : entry === codec));
}
