import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { GimbalError } from '@gimbal/core';
import {
  AV_DISPOSITION_ATTACHED_PIC,
  AV_DISPOSITION_DEFAULT,
  AVDISCARD_ALL,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO,
} from 'node-av/constants';
import { Dictionary, FormatContext, type Stream } from 'node-av/lib';
import { ffmpegReason, fileUrl, quietFfmpeg } from './ffmpeg.js';

/** An opened container and the stream in it that holds the pictures. */
export interface InputFile {
  readonly context: FormatContext;
  readonly video: Stream;
}

/** FFmpeg draws text files as pictures with these; nobody means that. */
const TEXT_DEMUXERS = new Set(['tty', 'bin', 'adf', 'idf', 'xbin']);

/**
 * Opens a file and finds its pictures (not a cover picture; the default stream before others, the larger before the smaller).
 * Only local files are read, whatever a playlist inside may name.
 * @throws GimbalError `GIMBAL_E_INPUT_NOT_FOUND`, `_UNREADABLE`, `_NOT_VIDEO`, `_TRUNCATED`.
 */
export async function openInputFile(file: string): Promise<InputFile> {
  quietFfmpeg();
  await checkReadable(file);
  const context = new FormatContext();
  const options = Dictionary.fromObject({ protocol_whitelist: 'file' });
  try {
    const opened = await context.openInput(fileUrl(path.resolve(file)), null, options);
    if (opened < 0) throw await cannotOpen(file, opened);
    if (TEXT_DEMUXERS.has(context.iformat?.name ?? '')) throw notVideo(file, 'it is a text file');
    await context.findStreamInfo();
    return { context, video: pictures(context, file) };
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

async function checkReadable(file: string): Promise<void> {
  const unreadable = (what: string, cause?: unknown) =>
    new GimbalError('GIMBAL_E_INPUT_UNREADABLE', `Expected a video file, but ${file} ${what}`, { cause });
  let stats: Awaited<ReturnType<typeof stat>>;
  try {
    stats = await stat(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM') throw unreadable('cannot be reached; check the permissions.', cause);
    throw new GimbalError('GIMBAL_E_INPUT_NOT_FOUND', `There is no file ${file}; check the name and the folder.`, {
      cause,
    });
  }
  if (stats.isDirectory()) throw unreadable('is a directory; name a file in it.');
  if (!stats.isFile())
    throw unreadable('is not a regular file; it is read more than once, so save the stream to a file.');
  if (stats.size === 0) throw unreadable('is empty.');
  try {
    await access(file, constants.R_OK);
  } catch (cause) {
    throw unreadable('may not be read; check the permissions.', cause);
  }
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

function pictures(context: FormatContext, file: string): Stream {
  const streams = context.streams;
  const [best] = streams
    .filter((stream) => stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO && !isCoverPicture(stream))
    .sort((a, b) => rank(b) - rank(a));
  if (best !== undefined) return best;
  const audio = streams.some((stream) => stream.codecpar.codecType === AVMEDIA_TYPE_AUDIO);
  throw notVideo(file, audio ? 'it holds sound only' : `none of its ${streams.length} streams holds pictures`);
}

function rank({ disposition, codecpar }: Stream): number {
  const isDefault = (disposition & AV_DISPOSITION_DEFAULT) !== 0;
  return (isDefault ? 2 ** 40 : 0) + codecpar.width * codecpar.height;
}
