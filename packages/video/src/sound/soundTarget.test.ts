import { AV_CHANNEL_ORDER_NATIVE, AV_CHANNEL_ORDER_UNSPEC } from 'node-av/constants';
import { avChannelLayoutDefault, type ChannelLayout } from 'node-av/lib';
import { describe, expect, it } from 'vitest';
import { layoutName } from './soundFilters.js';
import { soundTarget } from './soundTarget.js';

const stereo = avChannelLayoutDefault(2);

describe('soundTarget', () => {
  it.each([
    ['aac', 192_000, 96_000],
    ['aac', 11_024, 11_025],
    ['aac', 22_222, 22_050],
    ['aac', 4_000, 8_000],
    ['aac', 44_100, 44_100],
    ['libopus', 44_100, 48_000],
    ['flac', 11_024, 11_024],
    ['flac', 192_000, 192_000],
    ['flac', 768_000, 384_000],
    ['pcm_s16le', 37_123, 37_123],
  ])('%s takes sound of %i Hz as %i Hz', (encoder, rate, expected) => {
    expect(soundTarget(encoder, rate, stereo).sampleRate).toBe(expected);
  });

  const native = (mask: bigint, nbChannels: number): ChannelLayout => ({
    order: AV_CHANNEL_ORDER_NATIVE,
    mask,
    nbChannels,
  });
  const unnamed = (nbChannels: number): ChannelLayout => ({ order: AV_CHANNEL_ORDER_UNSPEC, mask: 0n, nbChannels });

  it.each<[string, ChannelLayout, string, string]>([
    ['stereo', stereo, 'aac', 'stereo'],
    ['2.1', native(0xbn, 3), 'aac', '5.1'],
    ['quad', native(0x33n, 4), 'aac', '5.0'],
    ['quad', native(0x33n, 4), 'libopus', 'quad'],
    ['5.1 with side speakers', native(0x60fn, 6), 'aac', '5.1'],
    ['6.1', native(0x70fn, 7), 'libopus', '6.1'],
    ['6.1', native(0x70fn, 7), 'aac', '5.1'],
    ['7.1', native(0x63fn, 8), 'aac', '7.1'],
    ['7.1', native(0x63fn, 8), 'flac', '7.1'],
    ['hexadecagonal', avChannelLayoutDefault(16), 'aac', '7.1'],
    ['4 channels without names', unnamed(4), 'libopus', 'quad'],
    ['16 channels without names', unnamed(16), 'aac', 'stereo'],
    ['16 channels without names', unnamed(16), 'flac', 'stereo'],
    ['1 channel without a name', unnamed(1), 'aac', 'mono'],
  ])('%s (%o) becomes what %s takes', (_, layout, encoder, expected) => {
    expect(layoutName(soundTarget(encoder, 48_000, layout).channelLayout)).toBe(expected);
  });
});
