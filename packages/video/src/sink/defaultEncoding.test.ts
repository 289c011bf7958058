import type { PixelFormat } from '@gimbal/core';
import { AVCOL_TRC_BT709, AVCOL_TRC_SMPTE2084 } from 'node-av/constants';
import { describe, expect, it } from 'vitest';
import { pixelFormat } from '../frame/pixelFormats.js';
import { containerOf } from './container.js';
import { defaultCodec, defaultFormat, type EncodedClip, formatNamed, playbackNote } from './defaultEncoding.js';

const format = (name: string) => pixelFormat(name) as PixelFormat;
const clip = (name: string, more: Partial<EncodedClip> = {}, transfer = AVCOL_TRC_BT709): EncodedClip =>
  ({
    format: format(name),
    storedFormat: name,
    codec: 'h264',
    stream: { color: { transfer } },
    ...more,
  }) as EncodedClip;

describe('what is encoded when nothing is named', () => {
  it.each([
    ['out.mp4', clip('yuv420p'), 'h264', 'yuv420p'],
    ['out.mp4', clip('yuv422p'), 'h264', 'yuv422p'],
    ['out.mp4', clip('yuv420p10le'), 'h265', 'yuv420p10le'],
    ['out.mov', clip('p010le'), 'h265', 'p010le'],
    ['out.mkv', clip('yuv444p12le'), 'h265', 'yuv444p12le'],
    ['out.webm', clip('yuv420p'), 'av1', 'yuv420p'],
    ['out.mp4', clip('yuv444p', { storedFormat: 'pal8', codec: 'gif' }), 'h264', 'yuv420p'],
    ['out.mp4', clip('yuv444p', { storedFormat: 'rgb24', codec: 'qtrle' }), 'h264', 'yuv420p'],
    ['out.mp4', clip('yuv444p16le', { storedFormat: 'rgb48be', codec: 'png' }), 'h264', 'yuv420p'],
    [
      'out.mp4',
      clip('yuv444p10le', { storedFormat: 'gbrp10le', codec: 'ffv1' }, AVCOL_TRC_SMPTE2084),
      'h265',
      'yuv420p10le',
    ],
    ['out.mp4', clip('gray', { codec: 'png' }), 'h264', 'yuv420p'],
  ])('%s of %o is %s in %s', (file, of, codec, stored) => {
    expect(defaultCodec(containerOf(file), of)).toBe(codec);
    expect(defaultFormat(defaultCodec(containerOf(file), of), of).name).toBe(stored);
  });

  it('keeps all of RGB for editing', () => {
    expect(defaultFormat('ffv1', clip('yuv444p', { storedFormat: 'rgb24' })).name).toBe('yuv444p');
  });
});

it.each([
  ['h264', 'yuv420p', undefined],
  ['h265', 'yuv420p10le', undefined],
  ['av1', 'yuv420p10le', undefined],
  ['ffv1', 'yuv444p', undefined],
  ['h264', 'yuv420p10le', '--codec h265'],
  ['h264', 'yuv422p', '--pixel-format yuv420p'],
  ['h265', 'yuv422p10le', '--pixel-format yuv420p10le'],
  ['h265', 'yuv444p', '--pixel-format yuv420p'],
  ['h264', 'gray', '--pixel-format yuv420p'],
] as const)('%s in %s needs the note %s', (codec, name, remedy) => {
  const note = playbackNote(codec, format(name));
  if (remedy === undefined) expect(note).toBeUndefined();
  else expect(note).toContain(`with ${remedy}.`);
});

it("knows formats by FFmpeg's names", () => {
  expect(formatNamed('yuv420p10').name).toBe('yuv420p10le');
  expect(() => formatNamed('yuv42')).toThrow(/such as yuv420p.*received "yuv42"/);
});
