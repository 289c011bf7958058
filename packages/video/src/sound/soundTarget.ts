import { AV_CHANNEL_ORDER_NATIVE, AV_CHANNEL_ORDER_UNSPEC } from 'node-av/constants';
import type { ChannelLayout } from 'node-av/lib';

/** What an encoder of sound is given. */
export interface SoundTarget {
  /** Samples a second. */
  readonly sampleRate: number;
  readonly channelLayout: ChannelLayout;
}

/** Speakers, by FFmpeg's bits. */
const FRONT_LEFT = 0x1n;
const FRONT_RIGHT = 0x2n;
const FRONT_CENTER = 0x4n;
const LOW_FREQUENCY = 0x8n;
const BACK = 0x30n;
const BACK_CENTER = 0x100n;
const SIDE = 0x600n;

const MONO = FRONT_CENTER;
const STEREO = FRONT_LEFT | FRONT_RIGHT;
const THREE = STEREO | FRONT_CENTER;
const FOUR = THREE | BACK_CENTER;
const QUAD = STEREO | BACK;
const FIVE = THREE | BACK;
const FIVE_ONE = FIVE | LOW_FREQUENCY;
const SIX_ONE = THREE | LOW_FREQUENCY | BACK_CENTER | SIDE;
const SEVEN_ONE = FIVE_ONE | SIDE;

/** The layouts that every player of a codec knows; encoders take some more, by extensions. */
const LAYOUTS: Readonly<Record<string, readonly bigint[]>> = {
  aac: [MONO, STEREO, THREE, FOUR, FIVE, FIVE_ONE, SEVEN_ONE],
  libopus: [MONO, STEREO, THREE, QUAD, FIVE, FIVE_ONE, SIX_ONE, SEVEN_ONE],
  flac: [MONO, STEREO, THREE, QUAD, FIVE, FIVE_ONE, SIX_ONE, SEVEN_ONE],
};
/** What so many channels are when nothing says which speakers they are for. */
const BY_COUNT = [0n, MONO, STEREO, THREE, QUAD, FIVE, FIVE_ONE, SIX_ONE, SEVEN_ONE];

/** Samples a second, by encoder; others take any. */
const RATES: Readonly<Record<string, readonly number[]>> = {
  aac: [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000],
  // Opus knows no other rate that music is recorded at.
  libopus: [48000],
};
const HIGH_RATES = [96000, 176400, 192000, 352800, 384000];
const MOST_OF_FLAC = 655_350;

/**
 * The rate and the layout nearest to the sound's own that an encoder takes. Channels that nothing assigns to speakers are taken as the usual
 * ones up to eight; more are separate tracks, for which the target is stereo.
 */
export function soundTarget(encoder: string, sampleRate: number, layout: ChannelLayout): SoundTarget {
  return { sampleRate: nearestRate(encoder, sampleRate), channelLayout: targetLayout(encoder, layout) };
}

/** The layout with its speakers named where they are known or usual; as it is otherwise. */
export function namedLayout(layout: ChannelLayout): ChannelLayout {
  const { order, mask, nbChannels } = layout;
  if (order === AV_CHANNEL_ORDER_NATIVE && mask !== 0n) return layout;
  const usual = order === AV_CHANNEL_ORDER_UNSPEC ? BY_COUNT[nbChannels] : undefined;
  return usual === undefined ? layout : native(usual);
}

function targetLayout(encoder: string, layout: ChannelLayout): ChannelLayout {
  const { mask, order } = namedLayout(layout);
  const layouts = LAYOUTS[encoder];
  // An encoder of plain samples takes everything.
  if (layouts === undefined) return namedLayout(layout);
  if (order !== AV_CHANNEL_ORDER_NATIVE || mask === 0n) return native(layout.nbChannels === 1 ? MONO : STEREO);
  // One pair behind the listener is the same whether it stands at the side or at the back.
  const wanted = (mask & SIDE) !== 0n && (mask & BACK) === 0n && !layouts.includes(mask) ? (mask & ~SIDE) | BACK : mask;
  // A speaker that is lost weighs more than several that stay silent.
  const cost = (taken: bigint) => 4 * count(wanted & ~taken) + count(taken & ~wanted);
  return native(layouts.reduce((best, taken) => (cost(taken) < cost(best) ? taken : best)));
}

function nearestRate(encoder: string, rate: number): number {
  const rates = RATES[encoder] ?? (encoder !== 'flac' || flacTakes(rate) ? [rate] : HIGH_RATES);
  const off = (taken: number) => Math.abs(Math.log(taken / rate));
  return rates.reduce((best, taken) => (off(taken) < off(best) ? taken : best));
}

/** The header of FLAC stores rates as hertz in 16 bits, or as tens of hertz. */
function flacTakes(rate: number): boolean {
  return rate <= 65_535 || (rate <= MOST_OF_FLAC && rate % 10 === 0);
}

function native(mask: bigint): ChannelLayout {
  return { order: AV_CHANNEL_ORDER_NATIVE, nbChannels: count(mask), mask };
}

function count(mask: bigint): number {
  let bits = 0;
  for (let rest = mask; rest !== 0n; rest &= rest - 1n) bits++;
  return bits;
}
