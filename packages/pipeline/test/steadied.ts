import os from 'node:os';
import {
  type Frame,
  type FrameSink,
  type FrameSource,
  type HostFrame,
  type MotionField,
  onlinePlanner,
  type Size,
  stabilize,
} from '@gimbal/core';
import classical from '@gimbal/cuda-classical';
import { allocateHostFrame, createRenderer } from '@gimbal/native';
import { createSmoother } from '@gimbal/smoothers';
import { type ClipFrames, type ClipFramesOptions, openClip } from '../src/clip/openClip.js';
import { type WorkerPlan, workerPlan } from '../src/engine/workerPlan.js';

const signal = new AbortController().signal;
const device = (name: string) => name as 'cpu' | `cuda:${number}`;

/** Keeps the samples of every picture without padding, chroma planar. */
class PictureSink implements FrameSink {
  readonly pictures: Uint8Array[] = [];
  private size: Size = { width: 0, height: 0 };

  async open(size: Size): Promise<void> {
    this.size = size;
  }

  allocate(like: Frame): HostFrame {
    return allocateHostFrame(like.format, this.size, like);
  }

  async write(frame: Frame): Promise<void> {
    this.pictures.push(planarSamples(frame as HostFrame));
    frame.close();
  }

  async finish(): Promise<void> {}
  async abort(): Promise<void> {}
}

function planarSamples({ planes }: HostFrame): Uint8Array {
  const parts = planes.flatMap(({ data, width, height, stride, channels }) =>
    Array.from({ length: channels }, (_, channel) => {
      const samples = new Uint8Array(width * height);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) samples[y * width + x] = data[y * stride + x * channels + channel];
      }
      return samples;
    }),
  );
  return Buffer.concat(parts);
}

/** What came out of a run, and where it was made. */
export interface Steadied {
  readonly steps: readonly MotionField[];
  readonly pictures: readonly Uint8Array[];
  readonly placement: ReturnType<ClipFrames['placement']>;
}

interface Choices extends Partial<Pick<ClipFramesOptions, 'decoder' | 'deviceMemory' | 'threads'>> {
  readonly interpolation?: 'bicubic';
  /** Seconds: in one pass. */
  readonly lookAhead?: number;
}

/** On the CPU long clips are analysed without deblocking, which moves an estimate by more than the device may. */
function decodedInFull(source: FrameSource): FrameSource {
  return {
    info: source.info,
    get warnings() {
      return source.warnings;
    },
    frames: ({ signal } = {}) => source.frames({ signal }),
    close: () => source.close(),
  };
}

/** Steadies a clip as the command does, and keeps the pictures. With its two decoding threads `auto` is NVDEC as far as that takes the clip. */
export async function steadied(
  file: string,
  on: string,
  { interpolation, lookAhead, ...choices }: Choices = {},
): Promise<Steadied> {
  const name = device(on);
  const threads = on === 'cpu' ? undefined : 2;
  const where = {
    device: name,
    decoder: 'auto',
    deinterlace: 'auto',
    deviceMemory: undefined,
    threads,
    signal,
    once: lookAhead !== undefined,
  } as const;
  const clip = await openClip(file, { ...where, ...choices });
  const runtime = { platform: process.platform, arch: process.arch, threads: os.availableParallelism(), device: name };
  const estimator = await classical.create(classical.parseOptions({}), { runtime });
  const renderer = createRenderer({ device: name, border: 'replicate', interpolation });
  const sink = new PictureSink();
  let plan: WorkerPlan | undefined;
  try {
    const named = { name: 'gaussian', strength: 0.6 };
    const { motion } = await stabilize({
      source: decodedInFull(clip.source),
      estimator,
      renderer,
      smoother: createSmoother(named.name, named),
      sink,
      lookAhead:
        lookAhead === undefined
          ? undefined
          : {
              seconds: lookAhead,
              plan: (options) => {
                if (on === 'cpu') return onlinePlanner(options);
                plan = workerPlan(named, options);
                return plan;
              },
            },
    });
    return { steps: motion.steps, pictures: sink.pictures, placement: clip.placement() };
  } finally {
    await plan?.close();
    await estimator.dispose?.();
    await renderer.dispose?.();
    await clip.close();
  }
}
