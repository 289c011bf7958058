import { expect, it } from 'vitest';
import { codecNamed } from './codecName.js';

it.each([
  ['h264', 'h264'],
  ['AVC', 'h264'],
  ['libx264', 'h264'],
  ['hevc', 'h265'],
  ['x265', 'h265'],
  ['H.265', 'h265'],
  ['libsvtav1', 'av1'],
  ['libvpx-vp9', 'vp9'],
  ['prores_ks', 'prores'],
  ['divx', undefined],
  ['', undefined],
])('%s means %s', (name, codec) => {
  expect(codecNamed(name)).toBe(codec);
});
