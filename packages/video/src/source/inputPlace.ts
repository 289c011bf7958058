import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { GimbalError } from '@gimbal/core';
import { fileUrl } from '../ffmpeg/ffmpeg.js';

/** Where an input lies, as FFmpeg is told. */
export interface InputPlace {
  readonly kind: 'file' | 'url' | 'sequence';
  readonly url: string;
  readonly options: Readonly<Record<string, string>>;
}

/** What FFmpeg may open for a URL of each scheme. Nothing that is read from the network leads to a local file. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  http: 'http,https,tcp,tls,crypto,httpproxy',
  https: 'http,https,tcp,tls,crypto,httpproxy',
  ftp: 'ftp,tcp',
  rtsp: 'rtsp,rtp,udp,tcp,tls',
  rtmp: 'rtmp,tcp',
  rtmps: 'rtmps,tls,tcp',
  srt: 'srt',
};

/** A number in the name of a picture, as printf writes it: `f%04d.png`. */
const NUMBERED = /%(0\d+)?d/;

/**
 * Finds out what an input's name means: a file, a URL, or a sequence of numbered pictures.
 * @throws GimbalError `GIMBAL_E_INPUT_NOT_FOUND`, `_UNREADABLE`.
 */
export async function inputPlace(name: string): Promise<InputPlace> {
  if (/^file:\/\//i.test(name)) return inputPlace(fileURLToPath(name));
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(name)?.[1].toLowerCase();
  if (scheme !== undefined) {
    const protocols = PROTOCOLS[scheme];
    if (protocols !== undefined) return { kind: 'url', url: name, options: { protocol_whitelist: protocols } };
    throw new GimbalError(
      'GIMBAL_E_INPUT_UNREADABLE',
      `Expected a file, or a URL of ${Object.keys(PROTOCOLS).join(', ')}; received ${name}.`,
    );
  }
  const url = fileUrl(path.resolve(name));
  if (NUMBERED.test(path.basename(name)) && (await stat(name).catch(() => undefined)) === undefined) {
    const start_number = String(await firstNumber(name));
    return { kind: 'sequence', url, options: { protocol_whitelist: 'file', start_number } };
  }
  await checkReadable(name);
  return { kind: 'file', url, options: { protocol_whitelist: 'file' } };
}

/** The lowest number that a picture of the sequence has. */
async function firstNumber(pattern: string): Promise<number> {
  const folder = path.dirname(path.resolve(pattern));
  const [before, after] = path.basename(pattern).split(NUMBERED.exec(path.basename(pattern))?.[0] as string);
  const width = Number(NUMBERED.exec(path.basename(pattern))?.[1] ?? 0);
  const numbers = (await readdir(folder).catch(() => [])).flatMap((entry) => {
    if (!entry.startsWith(before) || !entry.endsWith(after)) return [];
    const digits = entry.slice(before.length, entry.length - after.length);
    // A number that needs more digits has them; with fewer it is another name.
    return /^\d+$/.test(digits) && digits.length === Math.max(width, String(Number(digits)).length)
      ? [Number(digits)]
      : [];
  });
  if (numbers.length > 0) return numbers.reduce((least, number) => Math.min(least, number));
  throw new GimbalError(
    'GIMBAL_E_INPUT_NOT_FOUND',
    `No picture in ${folder} is called ${path.basename(pattern)} with a number in it; check the name, the digits and the folder.`,
  );
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
