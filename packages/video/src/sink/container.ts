import path from 'node:path';
import { GimbalError } from '@gimbal/core';
import type { VideoCodec } from './encoderSettings.js';
import { STANDARD_STREAM } from './standardStreams.js';

/** What a container takes, by FFmpeg's codec names. A family of codecs is written as its prefix with a star. */
export interface Container {
  /** FFmpeg's name of the muxer. */
  readonly muxer: 'mp4' | 'mov' | 'matroska' | 'webm' | 'mpegts' | 'nut';
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

const MPEGTS: Container = {
  muxer: 'mpegts',
  video: ['h264', 'h265'],
  otherVideo: ['h264', 'hevc', 'mpeg2video', 'mpeg1video', 'mpeg4'],
  audio: ['aac', 'mp3', 'mp2', 'ac3', 'eac3', 'dts', 'opus'],
  audioEncoder: 'aac',
  subtitles: ['dvb_subtitle', 'dvb_teletext'],
  attachments: false,
};
const NUT: Container = {
  muxer: 'nut',
  video: ['h264', 'h265', 'av1', 'vp9', 'prores', 'ffv1'],
  otherVideo: ['h264', 'hevc', 'av1', 'vp8', 'vp9', 'mpeg4', 'mpeg2video', 'mjpeg', 'png', 'prores', 'ffv1', 'dnxhd'],
  audio: ['aac', 'mp3', 'mp2', 'ac3', 'eac3', 'dts', 'opus', 'vorbis', 'flac', 'alac', 'pcm_*'],
  audioEncoder: 'flac',
  subtitles: ['subrip', 'ass', 'ssa'],
  attachments: false,
};

const CONTAINERS: ReadonlyMap<string, Container> = new Map([
  ['.mp4', MP4],
  ['.m4v', MP4],
  ['.mov', MOV],
  ['.mkv', MATROSKA],
  ['.webm', WEBM],
  ['.ts', MPEGTS],
  ['.nut', NUT],
]);

/** Names of containers, for outputs whose name does not tell, and what else FFmpeg calls them. */
const FORMATS: ReadonlyMap<string, Container> = new Map([
  ['matroska', MATROSKA],
  ['mkv', MATROSKA],
  ['webm', WEBM],
  ['mpegts', MPEGTS],
  ['ts', MPEGTS],
  ['nut', NUT],
  ['mp4', MP4],
  ['mov', MOV],
]);

/** The containers that {@link createVideoSink} writes, by the names of its option `container`. */
export const CONTAINER_NAMES: readonly string[] = [...FORMATS.keys()];

/** The extensions by which {@link createVideoSink} chooses the container, with their dots. */
export const CONTAINER_EXTENSIONS: readonly string[] = [...CONTAINERS.keys()];

/**
 * The container of an output.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` as {@link containerOf}, and for a codec that the container does not take.
 */
export function containerFor(file: string, codec: VideoCodec, named?: string): Container {
  const container = containerOf(file, named);
  if (container.video.includes(codec)) return container;
  const [names, what] =
    named === undefined && file !== STANDARD_STREAM
      ? [CONTAINERS, `${path.extname(file).toLowerCase()} files take`]
      : [FORMATS, `${container.muxer} takes`];
  const fitting = [...names].filter(([, { video }]) => video.includes(codec)).map(([name]) => name);
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `${what} ${container.video.join(', ')}, not ${codec}; use another codec, or one of ${fitting.join(', ')}.`,
  );
}

/**
 * The container that is named or, if none is, that an output's extension asks for; Matroska for standard output. Whatever goes into it.
 * @param named one of {@link CONTAINER_NAMES}.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for an unknown name or extension, and for standard output in a container that needs to go back
 *   in what it has written.
 */
export function containerOf(file: string, named?: string): Container {
  const piped = file === STANDARD_STREAM;
  const extension = path.extname(file).toLowerCase();
  const container = named === undefined ? (piped ? MATROSKA : CONTAINERS.get(extension)) : FORMATS.get(named);
  if (container === undefined) {
    const problem =
      named === undefined
        ? `The output's extension chooses its container: expected one of ${CONTAINER_EXTENSIONS.join(', ')}, received "${extension}" in ${file}.`
        : `Expected a container (format) of ${CONTAINER_NAMES.join(', ')}, received "${named}".`;
    throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', problem);
  }
  if (!piped || container !== MOV) return container;
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    'A mov file is completed at its start when it is done, so it cannot be written to standard output (-); name a file, or take format matroska, webm, mpegts, nut or mp4 (in fragments).',
  );
}

/** Containers that keep each time stamp as it is, from the first on, so that parts of a clip can be joined. */
const OF_PARTS: ReadonlySet<Container['muxer']> = new Set(['mp4', 'mov', 'matroska', 'webm']);

/** @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` where a part of a clip, or what is joined of parts, cannot be written. */
export function checkPartContainer(file: string, { muxer }: Container): void {
  if (file !== STANDARD_STREAM && OF_PARTS.has(muxer)) return;
  const where = file === STANDARD_STREAM ? 'standard output (-)' : `${muxer} (${file})`;
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `Parts of a clip are written and joined as files in ${[...OF_PARTS].join(', ')}, not in ${where}; name a file that ends in .mp4, .mov, .mkv or .webm.`,
  );
}

/** Whether a container keeps boxes as QuickTime does. */
export function isQuicktime({ muxer }: Container): boolean {
  return muxer === 'mp4' || muxer === 'mov';
}

/** True if a codec is on one of the container's lists. */
export function takes(list: readonly string[], codec: string): boolean {
  return list.some((entry) => (entry.endsWith('*') ? codec.startsWith(entry.slice(0, -1)) : entry === codec));
}
