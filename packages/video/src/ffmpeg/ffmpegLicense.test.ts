import { expect, it } from 'vitest';
import { ffmpegLicense, licenseOf } from './ffmpegLicense.js';

it.each([
  ['', 'LGPL version 2.1 or later', false],
  ['--enable-version3 --enable-libdav1d', 'LGPL version 3 or later', false],
  ['--prefix=/usr --enable-gpl', 'GPL version 2 or later', true],
  ['--enable-gpl --enable-version3', 'GPL version 3 or later', true],
  ['--enable-gpl --enable-nonfree', 'nonfree and unredistributable', true],
  ['--enable-gplx --extra-version=--enable-gpl-not', 'LGPL version 2.1 or later', false],
])('"%s" is under the %s', (configuration, name, gpl) => {
  expect(licenseOf(configuration)).toMatchObject({ name, gpl });
});

it('names the libraries that it comes from', () => {
  const libraries = ['libx264', 'libfdk-aac'];
  expect(licenseOf('--enable-libfdk-aac --enable-libopus --enable-gpl --enable-libx264')).toMatchObject({ libraries });
});

it('is that of the FFmpeg inside', () => {
  expect(ffmpegLicense()).toEqual({
    name: 'GPL version 3 or later',
    gpl: true,
    libraries: ['libx264', 'libx265', 'libfdk-aac'],
  });
});
