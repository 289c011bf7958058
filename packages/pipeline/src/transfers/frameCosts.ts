import { type Frame, type Size, stabilize } from '@gimbal/core';
import { createClassicalEstimator } from '@gimbal/cuda-classical';
import {
  allocateHostFrame,
  type CudaFramePool,
  createCudaFramePool,
  createFrameCopier,
  createRenderer,
} from '@gimbal/native';
import { createSmoother } from '@gimbal/smoothers';
import { type AllocateFrame, nullSink } from './nullSink.js';
import { repeatedClip, syntheticPictures } from './syntheticClip.js';

/** Milliseconds of clock time: the median of several rounds, the shortest and the longest. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** What a frame costs on the way through the loop of `stabilize`. */
export interface FrameCost {
  readonly estimate: Spread;
  readonly warp: Spread;
}

/** What pictures of one size cost here and there. */
export interface SizeCosts extends Size {
  readonly name: string;
  /** Frames in host memory, the machine's threads. */
  readonly cpu: FrameCost;
  /** Frames in host memory that come back to it. */
  readonly cudaFromHost: FrameCost;
  /** Frames that lie on the device and stay there. */
  readonly cudaOnDevice: FrameCost;
}

/** The sizes that are asked about. */
export const PICTURE_SIZES: readonly (Size & { readonly name: string })[] = [
  { name: '360p', width: 640, height: 360 },
  { name: '720p', width: 1280, height: 720 },
  { name: '1080p', width: 1920, height: 1080 },
  { name: '1440p', width: 2560, height: 1440 },
  { name: '4K', width: 3840, height: 2160 },
];

const ROUNDS = 5;
/** Pixels that a round is about. */
const ROUND_PIXELS = 60e6;

interface CostOptions {
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Times estimate and warp of synthetic pictures on the CPU and on a CUDA device with the very loop that stabilizes clips, without decoder
 * and encoder. Clock on the wall: what the host waits for counts.
 * @throws GimbalError as estimator and renderer do.
 */
export async function sizeCosts(
  size: Size & { readonly name: string },
  ordinal: number,
  options: CostOptions,
): Promise<SizeCosts> {
  const pictures = await syntheticPictures(size);
  const cpu = await cost(pictures, 'cpu', hostFrames, options);
  const device = `cuda:${ordinal}` as const;
  const cudaFromHost = await cost(pictures, device, hostFrames, options);
  const cudaOnDevice = await costOnDevice(pictures, ordinal, options);
  return { ...size, cpu, cudaFromHost, cudaOnDevice };
}

/** The same for one place to compute: `allocate` decides where the results go. */
export async function cost(
  pictures: readonly Frame[],
  device: 'cpu' | `cuda:${number}`,
  allocate: AllocateFrame,
  { threads, signal }: CostOptions,
): Promise<FrameCost> {
  const [{ width, height }] = pictures;
  const frames = Math.min(96, Math.max(12, Math.round(ROUND_PIXELS / (width * height))));
  const estimator = await createClassicalEstimator({ device, threads: Math.min(threads, 64) });
  const renderer = createRenderer({ device, threads, border: 'replicate' });
  const sink = nullSink(allocate);
  const estimate: number[] = [];
  const warp: number[] = [];
  try {
    // The first round finds caches, clocks and memory cold.
    for (let round = -1; round < ROUNDS; round++) {
      const { seconds } = await stabilize({
        source: repeatedClip(pictures, frames),
        estimator,
        renderer,
        smoother: createSmoother('gaussian', { strength: 0.5 }),
        sink,
        signal,
      });
      if (round < 0) continue;
      estimate.push((seconds.analyze * 1000) / frames);
      warp.push((seconds.render * 1000) / frames);
    }
  } finally {
    sink.release();
    await estimator.dispose?.();
    await renderer.dispose?.();
  }
  return { estimate: spreadOf(estimate), warp: spreadOf(warp) };
}

export const hostFrames: AllocateFrame = (like, size) => allocateHostFrame(like.format, size, initOf(like));

/** The cost of frames that lie on a device before, and are left there. */
async function costOnDevice(pictures: readonly Frame[], ordinal: number, options: CostOptions): Promise<FrameCost> {
  const sources = createCudaFramePool(ordinal, pictures[0].format, pictures[0]);
  const copier = createFrameCopier(ordinal);
  const there: Frame[] = [];
  let targets: CudaFramePool | undefined;
  try {
    for (const picture of pictures) {
      const copy = await sources.frame(initOf(picture));
      there.push(copy);
      await copier.copy(picture, copy);
    }
    const allocate: AllocateFrame = (like, size) => {
      targets ??= createCudaFramePool(ordinal, like.format, size);
      return targets.frame(initOf(like));
    };
    return await cost(there, `cuda:${ordinal}`, allocate, options);
  } finally {
    for (const frame of there) frame.close();
    await Promise.all([sources.close(), targets?.close(), copier.dispose()]);
  }
}

const initOf = ({ time, index, fullRange }: Frame) => ({ time, index, fullRange });

function spreadOf(times: readonly number[]): Spread {
  const sorted = [...times].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], low: sorted[0], high: sorted[sorted.length - 1] };
}
