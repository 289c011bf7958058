// Finds sound that changes its rate or channels on the way.
import {
  AV_PKT_DATA_NEW_EXTRADATA,
  AV_PKT_DATA_PARAM_CHANGE,
  AVDISCARD_ALL,
  AVFMT_TS_DISCONT,
  AVMEDIA_TYPE_AUDIO,
} from 'node-av/constants';
import { avGetCodecName, type FormatContext, Packet, type Stream } from 'node-av/lib';
import { type InputFile, openInputFile } from '../source/inputFile.js';
import { soundHeader } from './soundHeader.js';

/** Packets in a row that say the same before a change is believed: a single one may be damaged. */
const CONVINCING = 3;

/**
 * The streams of sound whose rate or channels change on their way, by index. Only files of kinds that are broadcast, live or joined can hold
 * such streams; of these the packets of sound are read once from start to end.
 */
export async function changingSound(source: string, { context }: InputFile): Promise<ReadonlySet<number>> {
  const changing = new Set<number>();
  if (!mayChange(context)) return changing;
  const file = await openInputFile(source);
  const packet = new Packet();
  packet.alloc();
  try {
    const watches = new Map<number, (packet: Packet) => boolean>();
    for (const stream of file.context.streams) {
      if (stream.codecpar.codecType === AVMEDIA_TYPE_AUDIO) watches.set(stream.index, changeWatch(stream));
      else stream.discard = AVDISCARD_ALL;
    }
    while (changing.size < watches.size && (await file.context.readFrame(packet)) >= 0) {
      const { streamIndex } = packet;
      if (!changing.has(streamIndex) && watches.get(streamIndex)?.(packet)) changing.add(streamIndex);
      packet.unref();
    }
    return changing;
  } finally {
    packet.free();
    await file.context.closeInput();
  }
}

function mayChange({ iformat }: FormatContext): boolean {
  return ((iformat?.flags ?? 0) & AVFMT_TS_DISCONT) !== 0 || /flv/.test(iformat?.name ?? '');
}

/** Tells for each packet of a stream whether the sound has changed. */
function changeWatch({ codecpar }: Stream): (packet: Packet) => boolean {
  const codec = avGetCodecName(codecpar.codecId) ?? '';
  const description = codecpar.extradata;
  let first: number | undefined;
  let other: number | undefined;
  let seen = 0;
  return (packet) => {
    const fresh = packet.getSideData(AV_PKT_DATA_NEW_EXTRADATA);
    if (packet.getSideData(AV_PKT_DATA_PARAM_CHANGE) !== null) return true;
    if (fresh !== null && description !== null && !fresh.equals(description)) return true;
    const header = packet.data === null ? undefined : soundHeader(codec, packet.data);
    if (header === undefined) return false;
    if (first === undefined || header === first) {
      first = header;
      seen = 0;
      return false;
    }
    seen = header === other ? seen + 1 : 1;
    other = header;
    return seen >= CONVINCING;
  };
}
