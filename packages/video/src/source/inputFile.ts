import { open } from 'node:fs/promises';
import { GimbalError } from '@gimbal/core';
import {
  AV_DISPOSITION_ATTACHED_PIC,
  AV_DISPOSITION_DEFAULT,
  AVDISCARD_ALL,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO,
} from 'node-av/constants';
import { Dictionary, FormatContext, type Stream } from 'node-av/lib';
import { ffmpegReason, quietFfmpeg } from '../ffmpeg/ffmpeg.js';
import { inputPlace } from './inputPlace.js';

/** An opened container and the stream in it that holds the pictures. */
export interface InputFile {
  readonly context: FormatContext;
  readonly video: Stream;
  /** One file of this machine, which can be read without FFmpeg too. */
  readonly local: boolean;
}

/** FFmpeg draws text files as pictures with these; that is never meant. */
const TEXT_DEMUXERS = new Set(['tty', 'bin', 'adf', 'idf', 'xbin']);

/**
 * Opens a file, a URL or a numbered sequence of pictures, and finds its pictures: not a cover picture; the largest of several streams, the
 * default one of equals, or the one with this index. A local file is all that is read, whatever a playlist inside may name.
 * @throws GimbalError `GIMBAL_E_INPUT_NOT_FOUND`, `_UNREADABLE`, `_NOT_VIDEO`, `_TRUNCATED`; `GIMBAL_E_INVALID_ARGUMENT` for an index that is no
 * stream of pictures.
 */
export async function openInputFile(file: string, stream?: number): Promise<InputFile> {
  quietFfmpeg();
  const place = await inputPlace(file);
  const context = new FormatContext();
  const options = Dictionary.fromObject(place.options);
  try {
    const opened = await context.openInput(place.url, null, options);
    if (opened < 0) throw place.kind === 'file' ? await cannotOpen(file, opened) : unreachable(file, opened);
    if (TEXT_DEMUXERS.has(context.iformat?.name ?? '')) throw notVideo(file, 'it is a text file');
    await context.findStreamInfo();
    return { context, video: pictures(context, file, stream), local: place.kind === 'file' };
  } catch (error) {
    await context.closeInput();
    throw error;
  } finally {
    options.free();
  }
}

/** Tells the demuxer to pass over everything but the pictures and these streams. */
export function readOnly({ context, video }: InputFile, others: ReadonlySet<number>): void {
  for (const stream of context.streams) {
    if (stream.index !== video.index && !others.has(stream.index)) stream.discard = AVDISCARD_ALL;
  }
}

export function isCoverPicture(stream: Stream): boolean {
  return (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) !== 0;
}

/** Why a readable file does not open: an mp4 that lost its index is not the same as a file of something else. */
async function cannotOpen(file: string, code: number): Promise<GimbalError> {
  const handle = await open(file);
  const head = Buffer.alloc(12);
  try {
    await handle.read(head, 0, head.length, 0);
  } finally {
    await handle.close();
  }
  if (['ftyp', 'moov', 'mdat', 'wide'].includes(head.toString('latin1', 4, 8))) {
    return new GimbalError(
      'GIMBAL_E_INPUT_TRUNCATED',
      `${file} is an mp4 or mov file whose index (moov) is missing or damaged, so nothing in it can be found; it was probably cut off while it was written. Copy or record it again.`,
    );
  }
  return notVideo(file, `FFmpeg finds no container in it (${ffmpegReason(code)})`);
}

function notVideo(file: string, why: string): GimbalError {
  return new GimbalError('GIMBAL_E_INPUT_NOT_VIDEO', `Expected a video, but ${file} is none: ${why}.`);
}

function pictures({ streams }: FormatContext, file: string, wanted: number | undefined): Stream {
  const all = streams.filter((stream) => stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO && !isCoverPicture(stream));
  const [best] = all.toSorted((a, b) => rank(b) - rank(a));
  if (best === undefined) {
    const audio = streams.some((stream) => stream.codecpar.codecType === AVMEDIA_TYPE_AUDIO);
    throw notVideo(file, audio ? 'it holds sound only' : `none of its ${streams.length} streams holds pictures`);
  }
  if (wanted === undefined) return best;
  const chosen = all.find(({ index }) => index === wanted);
  if (chosen !== undefined) return chosen;
  const there = all.map(({ index, codecpar }) => `${index} (${codecpar.width}×${codecpar.height})`).join(', ');
  const what = streams.some(({ index }) => index === wanted) ? 'holds no moving pictures' : 'does not exist';
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `Stream ${wanted} of ${file} ${what}; expected one of its video streams: ${there}.`,
  );
}

function rank({ disposition, codecpar }: Stream): number {
  const isDefault = (disposition & AV_DISPOSITION_DEFAULT) !== 0;
  return 2 * codecpar.width * codecpar.height + (isDefault ? 1 : 0);
}

function unreachable(url: string, code: number): GimbalError {
  return new GimbalError(
    'GIMBAL_E_INPUT_UNREADABLE',
    `Expected a video at ${url}, but FFmpeg cannot read it: ${ffmpegReason(code)}.`,
  );
}
