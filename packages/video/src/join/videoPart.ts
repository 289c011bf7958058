import { GimbalError, throwIfAborted } from '@gimbal/core';
import { AV_NOPTS_VALUE, AV_PKT_FLAG_KEY, AVERROR_EOF } from 'node-av/constants';
import { avGetCodecName, Packet, type Stream } from 'node-av/lib';
import { checkFfmpeg } from '../ffmpeg/ffmpeg.js';
import { codecNamed } from '../sink/codecName.js';
import type { VideoCodec } from '../sink/encoderSettings.js';
import { type InputFile, openInputFile, readOnly } from '../source/inputFile.js';
import type { Rational } from '../source/timeStamps.js';

/** What a part's packets say, without their data. */
export interface PartStamps {
  readonly path: string;
  readonly codec: VideoCodec;
  readonly width: number;
  readonly height: number;
  readonly pixelFormat: number;
  /** The encoder's headers. */
  readonly headers: Buffer;
  readonly timeBase: Rational;
  /** When each picture is shown, in ticks, in the order of showing. */
  readonly shown: readonly bigint[];
  /** When each packet is shown, in the order of decoding. */
  readonly decoded: readonly bigint[];
  /** Packets that are decoded before the first picture is shown. */
  readonly delay: number;
}

/**
 * Reads the time stamps of a part, which must begin with a key frame.
 * @throws GimbalError `GIMBAL_E_INPUT_…` for a file that cannot be read, `GIMBAL_E_INVALID_ARGUMENT` for one that is no part.
 */
export async function readStamps(path: string, signal: AbortSignal | undefined): Promise<PartStamps> {
  const [decoded, early]: [bigint[], bigint[]] = [[], []];
  return withPackets(path, signal, async (stream, packets) => {
    for await (const packet of packets) {
      if (packet.pts === AV_NOPTS_VALUE) throw noPart(path, `its packet ${decoded.length} has no time stamp`);
      if (decoded.length === 0 && (packet.flags & AV_PKT_FLAG_KEY) === 0) {
        throw noPart(path, 'it does not begin with a key frame');
      }
      decoded.push(packet.pts);
      if (packet.dts !== AV_NOPTS_VALUE) early.push(packet.dts);
    }
    if (decoded.length === 0) throw noPart(path, 'it has no pictures');
    const shown = [...decoded].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const { codecpar, timeBase } = stream;
    const name = avGetCodecName(codecpar.codecId) ?? 'an unknown codec';
    const codec = codecNamed(name);
    if (codec === undefined) throw noPart(path, `its pictures are ${name}`);
    const { width, height, format: pixelFormat, extradata } = codecpar;
    const headers = Buffer.from(extradata ?? []);
    const delay = early.filter((dts) => dts < shown[0]).length;
    return { path, codec, width, height, pixelFormat, headers, timeBase, shown, decoded, delay };
  });
}

/** Opens a part for `use`, with its packets of pictures one by one; each is valid until the next is asked for. */
export async function withPackets<T>(
  path: string,
  signal: AbortSignal | undefined,
  use: (stream: Stream, packets: AsyncIterable<Packet>) => Promise<T>,
): Promise<T> {
  const file = await openInputFile(path);
  try {
    readOnly(file, new Set());
    return await use(file.video, packetsOf(file, signal));
  } finally {
    await file.context.closeInput();
  }
}

async function* packetsOf({ context, video }: InputFile, signal: AbortSignal | undefined): AsyncGenerator<Packet> {
  const packet = new Packet();
  packet.alloc();
  try {
    for (;;) {
      const read = await context.readFrame(packet);
      throwIfAborted(signal);
      if (read === AVERROR_EOF) return;
      checkFfmpeg(read, 'GIMBAL_E_INPUT_UNREADABLE', 'read a part of the clip');
      if (packet.streamIndex === video.index) yield packet;
      packet.unref();
    }
  } finally {
    packet.free();
  }
}

function noPart(path: string, why: string): GimbalError {
  return new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `Expected a part of a clip as \`renderFile\` writes it for a range, but ${path} is none: ${why}.`,
  );
}
