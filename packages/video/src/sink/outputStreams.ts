import type { PixelFormat, Size } from '@gimbal/core';
import type { HardwareFramesContext, Stream } from 'node-av/lib';
import type { OutputPipe } from '../outputPipe.js';
import { OtherStreams } from '../sound/otherStreams.js';
import type { VideoStreamInfo } from '../source/videoStreamInfo.js';
import type { Container } from './container.js';
import type { EncoderSettings } from './encoderSettings.js';
import { Muxer } from './muxer.js';
import { VideoEncoder } from './videoEncoder.js';

/** The parts of an output under way. */
export interface OutputStreams {
  readonly encoder: VideoEncoder;
  readonly muxer: Muxer;
  readonly video: Stream;
  readonly others: OtherStreams;
  close(): Promise<void>;
}

export interface OutputPlan {
  /** Where it is written. */
  readonly target: string | OutputPipe;
  /** What messages call it. */
  readonly name: string;
  readonly container: Container;
  readonly settings: EncoderSettings;
  readonly format: PixelFormat;
  readonly size: Size;
  readonly stream: VideoStreamInfo;
  /** Where the encoder's pictures lie, when on a device. */
  readonly surfaces: HardwareFramesContext | undefined;
  /** The file whose other streams are copied. */
  readonly source: string | undefined;
  readonly notes: string[];
}

/**
 * Starts the encoder, lays out the streams and writes the header. A container that refuses the streams beside the picture gets fewer:
 * first sound only, then none, and the notes say so.
 */
export async function openOutputStreams(plan: OutputPlan): Promise<OutputStreams> {
  const encoder = await VideoEncoder.open(plan.settings, plan.format, plan.size, plan.stream, plan.surfaces);
  let failure: unknown;
  const known = plan.notes.length;
  for (const keep of plan.source === undefined ? (['none'] as const) : (['all', 'audio', 'none'] as const)) {
    const muxer = new Muxer(plan.target, plan.name, plan.container);
    let others: OtherStreams | undefined;
    try {
      const video = muxer.addVideo(encoder, plan.stream, plan.settings.codec);
      others = await OtherStreams.open(plan.source, muxer, keep, plan.notes);
      await muxer.start(others.metadata);
      if (keep !== 'all' && failure) {
        const what = keep === 'audio' ? 'only sound was' : 'nothing beside the picture could be';
        plan.notes.push(`The container refused some of the file's streams; ${what} kept.`);
      }
      const started = others;
      const close = async () => {
        await started.close();
        encoder.close();
        await muxer.close();
      };
      return { encoder, muxer, video, others, close };
    } catch (error) {
      failure ??= error;
      plan.notes.length = known;
      await others?.close();
      await muxer.close();
    }
  }
  encoder.close();
  throw failure;
}
