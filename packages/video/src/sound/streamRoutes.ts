// Decides for each stream beside the pictures whether it is copied, encoded anew or left out.
import {
  AV_NOPTS_VALUE,
  AVMEDIA_TYPE_ATTACHMENT,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_SUBTITLE,
  AVMEDIA_TYPE_VIDEO,
} from 'node-av/constants';
import { avGetCodecName, Dictionary, type Packet, type Stream } from 'node-av/lib';
import { isChapterTrack } from '../chapters/readQuicktimeChapters.js';
import { isQuicktime, takes } from '../sink/container.js';
import { copyableMetadata } from '../sink/metadata.js';
import type { Muxer } from '../sink/muxer.js';
import { isCoverPicture } from '../source/inputFile.js';
import { ticksToSeconds } from '../source/timeStamps.js';
import { AudioTranscoder } from './audioTranscoder.js';
import type { Route } from './route.js';
import { RunIn } from './runIn.js';

/** Bytes of the header that a codec's sound cannot be described without. */
const SHORTEST_HEADER: Readonly<Record<string, number>> = { opus: 19, alac: 36, vorbis: 30 };
const FLAC_HEADER = 34;

/** False where a muxer would find out, when everything is written, that it cannot describe the sound. */
function hasWholeHeader(codec: string, bytes: number): boolean {
  return codec === 'flac' ? bytes === FLAC_HEADER : bytes >= (SHORTEST_HEADER[codec] ?? 0);
}

/** What is kept of a file beside its pictures, and what its sound is like. */
export interface RoutePlan {
  readonly keep: 'all' | 'audio' | 'none';
  /** Streams of sound whose rate or channels change on their way, by index: a container describes them once, so they are encoded anew. */
  readonly changing: ReadonlySet<number>;
  /** The container may change plain samples on their way (DV): these are encoded anew as they are, which loses nothing. */
  readonly unsteadySamples: boolean;
}

/** Decides what happens to a stream: copied, transcoded (sound only), or left out with a note and `undefined`. */
export async function planRoute(
  stream: Stream,
  muxer: Muxer,
  { keep, changing, unsteadySamples }: RoutePlan,
  notes: string[],
): Promise<Route | undefined> {
  const { codecpar } = stream;
  const { container } = muxer;
  const codec = avGetCodecName(codecpar.codecId) ?? 'unknown';
  const type = codecpar.codecType;
  const leaveOut = (what: string) => {
    notes.push(`Stream ${stream.index}: ${what} (${codec}) cannot be kept in ${container.muxer} and is left out.`);
    return undefined;
  };
  if (keep === 'none') return undefined;
  if (type === AVMEDIA_TYPE_AUDIO) {
    // A stream that begins late in a broadcast; no container takes what it cannot describe.
    if (codecpar.sampleRate < 1 || codecpar.channels < 1) return leaveOut('sound of unknown rate and channels');
    const whole = hasWholeHeader(codec, codecpar.extradata?.length ?? 0);
    const taken = takes(container.audio, codec) && whole;
    const unsteady = unsteadySamples && codec.startsWith('pcm_');
    if (taken && !unsteady && !changing.has(stream.index)) return copyRoute(stream, muxer);
    const same = taken && unsteady ? await AudioTranscoder.open(stream, muxer, notes, codec) : undefined;
    if (same !== undefined) return same;
    const transcoder = await AudioTranscoder.open(stream, muxer, notes);
    if (transcoder === undefined) return leaveOut('sound');
    const unfit = whole ? `is not for ${container.muxer}` : 'has a damaged header';
    const why = taken ? 'changes its rate or channels on its way' : unfit;
    notes.push(`Stream ${stream.index}: sound (${codec}) ${why}; it is stored as ${transcoder.description}.`);
    return transcoder;
  }
  if (keep === 'audio') return undefined;
  if (type === AVMEDIA_TYPE_VIDEO) {
    const what = isCoverPicture(stream) ? 'the cover picture' : 'a further video stream';
    if (codecpar.width < 1) return leaveOut(`${what} of unknown size`);
    return takes(container.otherVideo, codec) ? copyRoute(stream, muxer) : leaveOut(what);
  }
  if (type === AVMEDIA_TYPE_SUBTITLE) {
    return takes(container.subtitles, codec) ? copyRoute(stream, muxer) : leaveOut('subtitles');
  }
  if (type === AVMEDIA_TYPE_ATTACHMENT) {
    return container.attachments ? copyRoute(stream, muxer) : leaveOut('an attachment');
  }
  const tag = codecpar.codecTagString ?? '';
  // The muxer makes a time code track of its own from the tags; chapters come by a way of their own.
  if (tag === 'tmcd' || isChapterTrack(stream)) return undefined;
  return tag === 'gpmd' && isQuicktime(container) ? copyRoute(stream, muxer) : leaveOut('a data stream');
}

function copyRoute(stream: Stream, muxer: Muxer): Route {
  const inBase = stream.timeBase;
  const out = muxer.context.newStream(null);
  stream.codecpar.copy(out.codecpar);
  if (stream.codecpar.codecTagString !== 'gpmd') out.codecpar.codecTag = 0;
  out.timeBase = inBase;
  out.disposition = stream.disposition;
  out.sampleAspectRatio = stream.sampleAspectRatio;
  out.avgFrameRate = stream.avgFrameRate;
  out.metadata = Dictionary.fromObject(copyableMetadata(stream.metadata?.getAll() ?? {}));
  const cover = isCoverPicture(stream);
  const runIn = new RunIn(isQuicktime(muxer.container) && stream.codecpar.codecType === AVMEDIA_TYPE_AUDIO);
  let last: bigint | undefined;
  const send = async (packet: Packet) => {
    packet.rescaleTs(inBase, out.timeBase);
    // Containers want packets in order; a source that repeats a stamp is moved by one tick.
    if (last !== undefined && packet.dts <= last) packet.dts = last + 1n;
    if (packet.pts < packet.dts) packet.pts = packet.dts;
    last = packet.dts;
    await muxer.writeOrFail(packet, out);
  };
  return {
    damaged: 0,
    secondsOf(packet) {
      const stamp = packet.dts === AV_NOPTS_VALUE ? packet.pts : packet.dts;
      if (stamp === AV_NOPTS_VALUE) return Number.NEGATIVE_INFINITY;
      return ticksToSeconds(stamp, inBase);
    },
    async write(packet) {
      if (packet.pts === AV_NOPTS_VALUE) packet.pts = packet.dts;
      if (packet.dts === AV_NOPTS_VALUE) packet.dts = packet.pts;
      // A cover picture has no time; anything else without one cannot be placed.
      if (cover || packet.pts === AV_NOPTS_VALUE) {
        if (!cover) return;
        packet.pts = 0n;
        packet.dts = 0n;
      }
      if (runIn.keeps(packet)) return;
      for (const earlier of runIn.before(packet)) {
        await send(earlier);
        earlier.free();
      }
      await send(packet);
    },
    async finish() {},
    close() {
      runIn.close();
    },
  };
}
