import { GimbalError, type SourceWarning, throwIfAborted } from '@gimbal/core';
import type { Packet } from 'node-av/lib';
import { quietFfmpeg } from '../ffmpeg/ffmpeg.js';
import { completeOutput } from '../sink/completeOutput.js';
import { checkPartContainer, containerFor, containerOf } from '../sink/container.js';
import { OutputFile } from '../sink/outputFile.js';
import { type OutputContainer, openContainer } from '../sink/outputStreams.js';
import type { ClipFile } from '../source/plainSource.js';
import { ticksToSeconds } from '../source/timeStamps.js';
import { decodeTimes } from './decodeTimes.js';
import { type PartStamps, readStamps, withPackets } from './videoPart.js';

/** How {@link joinVideos} makes one file of parts. */
export interface JoinVideosOptions {
  /** The clip that the parts were made of: everything but the picture comes from it. */
  readonly source: ClipFile;
  /** Seconds at which the pictures are shown, as the whole clip has them: nothing may be missing, twice or of another clip. */
  readonly times: ArrayLike<number>;
  /** Replace an output that exists. Default false. */
  readonly overwrite?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told after every picture that was written. */
  readonly onWritten?: ((pictures: number) => void) | undefined;
}

/** What {@link joinVideos} did. */
export interface JoinedVideos {
  /** Pictures written. */
  readonly frames: number;
  /** What could not be kept as it was, as sentences. */
  readonly notes: readonly string[];
  /** What was damaged in the source beside the picture. */
  readonly warnings: readonly SourceWarning[];
}

/** Furthest that a time stamp may be from where it belongs, in seconds: Matroska stores milliseconds. */
const NEAR = 1e-3;

/**
 * Puts parts of a clip, each written by a sink with `part`, into one file: packet by packet, nothing is encoded again. Time stamps are those of
 * one run over the whole clip, and so is what comes from the source. The output appears under its name only when it is complete.
 * @param parts Files in the order in which they are shown, made with the same codec and settings, in the output's kind of container.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for parts that do not fit together or are not the whole clip, `GIMBAL_E_INPUT_…` for those
 * that cannot be read, `GIMBAL_E_OUTPUT_…`, `GIMBAL_E_DISK_FULL`, `GIMBAL_E_CANCELLED`.
 */
export async function joinVideos(
  parts: readonly string[],
  output: string,
  { source, times, overwrite = false, signal, onWritten }: JoinVideosOptions,
): Promise<JoinedVideos> {
  quietFfmpeg();
  checkPartContainer(output, containerOf(output));
  const file = new OutputFile(output, { overwrite, input: source.path });
  const all: PartStamps[] = [];
  for (const part of parts) all.push(await readStamps(part, signal));
  checkAlike(all);
  checkTimes(all, times);
  const container = containerFor(output, all[0].codec);
  const notes: string[] = [];
  const { stream: info } = source.info;
  const plan = { target: file.temporary, name: output, container, source, notes };
  try {
    const streams = await withPackets(parts[0], signal, (coded) =>
      openContainer(plan, (muxer) => muxer.addCopiedVideo(coded, info, all[0].codec)),
    );
    try {
      await writeParts(all, streams, signal, onWritten);
      await streams.others.copyUntil(Number.POSITIVE_INFINITY);
      await streams.muxer.finish();
    } finally {
      await streams.close();
    }
    await completeOutput(file, streams, { name: output, signal: signal ?? new AbortController().signal, notes });
    return { frames: times.length, notes, warnings: damageOf(streams) };
  } catch (error) {
    await file.discard();
    throw error;
  }
}

async function writeParts(
  parts: readonly PartStamps[],
  { muxer, video, others }: OutputContainer,
  signal: AbortSignal | undefined,
  onWritten: ((pictures: number) => void) | undefined,
): Promise<void> {
  const shown = parts.flatMap((part) => part.shown);
  const decodeAt = decodeTimes(shown, parts);
  const { timeBase } = parts[0];
  const rational = timeBase as Packet['timeBase'];
  const nextShown = new Map(shown.map((pts, i) => [pts, shown[i + 1]]));
  let written = 0;
  for (const part of parts) {
    await withPackets(part.path, signal, async (_, packets) => {
      for await (const packet of packets) {
        packet.dts = decodeAt[written++];
        const next = nextShown.get(packet.pts);
        if (next !== undefined) packet.duration = next - packet.pts;
        await others.copyUntil(ticksToSeconds(packet.dts, timeBase));
        packet.rescaleTs(rational, video.timeBase);
        await muxer.writeOrFail(packet, video);
        onWritten?.(written);
      }
    });
  }
  throwIfAborted(signal);
}

/** @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for parts that one decoder cannot go through. */
function checkAlike(parts: readonly PartStamps[]): void {
  if (parts.length === 0) throw invalid('There are no parts to join.');
  const [first, ...others] = parts;
  for (const part of others) {
    const differs =
      part.codec !== first.codec
        ? `codec ${part.codec} instead of ${first.codec}`
        : part.width !== first.width || part.height !== first.height
          ? `${part.width}×${part.height} pixels instead of ${first.width}×${first.height}`
          : part.pixelFormat !== first.pixelFormat
            ? 'another pixel format'
            : part.timeBase.num !== first.timeBase.num || part.timeBase.den !== first.timeBase.den
              ? `a time base of ${part.timeBase.num}/${part.timeBase.den} s instead of ${first.timeBase.num}/${first.timeBase.den} s`
              : part.headers.equals(first.headers)
                ? undefined
                : 'other headers of the encoder';
    if (differs === undefined) continue;
    throw invalid(`${part.path} has ${differs}, unlike ${first.path}; render all parts with the same settings.`);
  }
}

/** @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` where the parts are not the whole clip, one after the other. */
function checkTimes(parts: readonly PartStamps[], times: ArrayLike<number>): void {
  let index = 0;
  for (const { path, shown, timeBase } of parts) {
    for (const pts of shown) {
      const at = ticksToSeconds(pts, timeBase);
      if (index < times.length && Math.abs(at - times[index]) <= NEAR) {
        index++;
        continue;
      }
      const expected = index < times.length ? `frame ${index} at ${times[index].toFixed(3)} s` : 'no further frame';
      throw invalid(
        `${path} shows a picture at ${at.toFixed(3)} s where the clip has ${expected}; give every part once, in order, rendered from this plan.`,
      );
    }
  }
  if (index < times.length) {
    throw invalid(`The parts end after ${index} of ${times.length} frames; give those that are missing too.`);
  }
}

function damageOf({ others, muxer }: OutputContainer): SourceWarning[] {
  const lost = others.damaged + muxer.damaged;
  if (lost === 0) return [];
  return [
    {
      code: 'corrupt',
      message: `${lost} damaged packets were met beside the picture; what could be decoded was used.`,
    },
  ];
}

function invalid(message: string): GimbalError {
  return new GimbalError('GIMBAL_E_INVALID_ARGUMENT', message);
}
