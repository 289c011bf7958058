import type { PixelFormat, Size } from '@gimbal/core';
import type { HardwareFramesContext, Stream } from 'node-av/lib';
import { OtherStreams } from '../sound/otherStreams.js';
import type { ClipFile } from '../source/plainSource.js';
import type { Rational } from '../source/timeStamps.js';
import type { VideoStreamInfo } from '../source/videoStreamInfo.js';
import type { Container } from './container.js';
import type { EncoderSettings } from './encoderSettings.js';
import { Muxer } from './muxer.js';
import type { OutputPipe } from './outputPipe.js';
import { VideoEncoder } from './videoEncoder.js';

/** A container under way: the pictures' stream, and what is written beside it. */
export interface OutputContainer {
  readonly muxer: Muxer;
  readonly video: Stream;
  readonly others: OtherStreams;
  close(): Promise<void>;
}

/** The parts of an output under way. */
export interface OutputStreams extends OutputContainer {
  readonly encoder: VideoEncoder;
}

export interface ContainerPlan {
  /** Where it is written. */
  readonly target: string | OutputPipe;
  /** What messages call it. */
  readonly name: string;
  readonly container: Container;
  /** The file whose other streams are copied. */
  readonly source: ClipFile | undefined;
  /** Keeps the first time stamp to the tick of this time base in any container. */
  readonly exactStart?: Rational | undefined;
  readonly notes: string[];
}

export interface OutputPlan extends ContainerPlan {
  readonly settings: EncoderSettings;
  readonly format: PixelFormat;
  readonly size: Size;
  readonly stream: VideoStreamInfo;
  /** Where the encoder's pictures lie, when on a device. */
  readonly surfaces: HardwareFramesContext | undefined;
}

/** Starts the encoder and opens the container. @throws GimbalError as {@link openContainer}, and when the encoder refuses. */
export async function openOutputStreams(plan: OutputPlan): Promise<OutputStreams> {
  const encoder = await VideoEncoder.open(plan.settings, plan.format, plan.size, plan.stream, plan.surfaces);
  try {
    const opened = await openContainer(plan, (muxer) => muxer.addVideo(encoder, plan.stream, plan.settings.codec));
    const close = async () => {
      await opened.others.close();
      encoder.close();
      await opened.muxer.close();
    };
    return { ...opened, encoder, close };
  } catch (error) {
    encoder.close();
    throw error;
  }
}

/**
 * Lays out the streams and writes the header. A container that refuses the streams beside the picture gets fewer: first sound only, then
 * none, and the notes say so.
 */
export async function openContainer(plan: ContainerPlan, addVideo: (muxer: Muxer) => Stream): Promise<OutputContainer> {
  let failure: unknown;
  const known = plan.notes.length;
  for (const keep of plan.source === undefined ? (['none'] as const) : (['all', 'audio', 'none'] as const)) {
    const muxer = new Muxer(plan.target, plan.name, plan.container);
    let others: OtherStreams | undefined;
    try {
      const video = addVideo(muxer);
      others = await OtherStreams.open(plan.source, muxer, keep, plan.notes);
      await muxer.start(others.metadata, plan.exactStart);
      if (keep !== 'all' && failure) {
        const what = keep === 'audio' ? 'only sound was' : 'nothing beside the picture could be';
        plan.notes.push(`The container refused some of the file's streams; ${what} kept.`);
      }
      const started = others;
      const close = async () => {
        await started.close();
        await muxer.close();
      };
      return { muxer, video, others, close };
    } catch (error) {
      failure ??= error;
      plan.notes.length = known;
      await others?.close();
      await muxer.close();
    }
  }
  throw failure;
}
