import os from 'node:os';
import {
  type Frame,
  GimbalError,
  type HostFrame,
  type Plane,
  type Renderer,
  type RenderOptions,
  type Warp,
} from '@gimbal/core';
import { loadAddon, type NativeAddon } from './addon.js';
import { planeBlack, planeSiting } from './chromaSiting.js';
import { nativeCall } from './nativeCall.js';
import { planeLayout } from './planeLayout.js';

const INTERPOLATIONS = ['bilinear', 'bicubic', 'lanczos3'] as const;
const BORDERS = ['black', 'replicate', 'mirror'] as const;

/** How {@link createRenderer} samples pixels. */
export interface RendererOptions {
  /** Bilinear is the fastest and softest; bicubic is Catmull-Rom; Lanczos has three lobes. */
  readonly interpolation?: (typeof INTERPOLATIONS)[number] | undefined;
  /** Outside the source: black, its edge repeated, or its mirror image. */
  readonly border?: (typeof BORDERS)[number] | undefined;
  /** Threads to use; all the machine's unless told. */
  readonly threads?: number | undefined;
  /** `auto` takes the CPU; asking for CUDA is an error, this renderer has no CUDA path. */
  readonly device?: 'auto' | 'cpu' | 'cuda' | `cuda:${number}` | undefined;
}

/**
 * A renderer that warps frames in host memory, all planes in one native call off the event loop. Chroma follows luma with its
 * subsampling and siting (see `planeSiting`). Planes are at most 16384×16384.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT`, `GIMBAL_E_DEVICE_UNAVAILABLE` for CUDA, `GIMBAL_E_ADDON` when the addon does not load.
 */
export function createRenderer(options: RendererOptions = {}): Renderer {
  const interpolation = oneOf('interpolation', INTERPOLATIONS, options.interpolation ?? 'bilinear');
  const border = oneOf('border', BORDERS, options.border ?? 'black');
  const threads = options.threads ?? os.availableParallelism();
  if (!Number.isInteger(threads) || threads < 1) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `threads must be a whole number of at least 1, received ${threads}.`,
    );
  }
  if (options.device?.startsWith('cuda')) {
    throw new GimbalError(
      'GIMBAL_E_DEVICE_UNAVAILABLE',
      `The renderer was asked for device '${options.device}', but this version renders on the CPU only; use 'auto' or 'cpu'.`,
    );
  }
  const addon = loadAddon();
  return {
    name: 'native',
    memory: ['host'],
    async render(source: Frame, target: HostFrame, warp: Warp, { signal }: RenderOptions = {}): Promise<void> {
      const sources = samplesOf(source, target, warp);
      await nativeCall(() => warpFrame(addon, sources, source, target, warp, interpolation, border, threads), signal);
    },
  };
}

function warpFrame(
  addon: NativeAddon,
  sources: readonly Plane[],
  source: Frame,
  target: HostFrame,
  warp: Warp,
  interpolation: number,
  border: number,
  threads: number,
): Promise<void> {
  const { format } = source;
  const sitings = Float64Array.from(
    sources.flatMap((_, plane) => {
      const { scaleX, scaleY, offsetX, offsetY } = planeSiting(format, plane);
      return [scaleX, scaleY, offsetX, offsetY];
    }),
  );
  const fills = sources.map((_, plane) => planeBlack(format, plane, source.fullRange));
  const grid = [warp.rows, warp.cols, target.width, target.height] as const;
  const { bitDepth, shift } = format;
  return addon.warpFrame(
    sources,
    target.planes,
    sitings,
    fills,
    bitDepth,
    shift,
    warp.homographies,
    grid,
    interpolation,
    border,
    threads,
  );
}

/** The source's planes, once everything about the call has been checked. */
function samplesOf(source: Frame, target: HostFrame, warp: Warp): readonly Plane[] {
  const invalid = (message: string) => new GimbalError('GIMBAL_E_INVALID_ARGUMENT', message);
  if (source.memory !== 'host')
    throw invalid('The renderer takes frames in host memory; this one lies on a CUDA device.');
  if (source.format.name !== target.format.name) {
    throw invalid(
      `Source and target must have the same pixel format, received ${source.format.name} and ${target.format.name}.`,
    );
  }
  if (warp.homographies.length !== warp.rows * warp.cols * 9) {
    throw invalid(
      `A ${warp.rows}×${warp.cols} warp needs ${warp.rows * warp.cols * 9} numbers, received ${warp.homographies.length}.`,
    );
  }
  for (const frame of [source, target]) {
    const wanted = planeLayout(frame.format, frame);
    const fits = wanted.every((shape, i) => {
      const plane = frame.planes[i];
      return (
        plane !== undefined &&
        plane.width === shape.width &&
        plane.height === shape.height &&
        plane.channels === shape.channels
      );
    });
    if (!fits || frame.planes.length !== wanted.length) {
      throw invalid(
        `A ${frame.width}×${frame.height} ${frame.format.name} frame has planes of ${wanted.map(sizeText).join(', ')}, ` +
          `received ${frame.planes.map(sizeText).join(', ')}.`,
      );
    }
  }
  return source.planes;
}

function sizeText(plane: { width: number; height: number; channels: number }): string {
  return `${plane.width}×${plane.height}×${plane.channels}`;
}

function oneOf<T extends string>(option: string, known: readonly T[], value: T): number {
  const index = known.indexOf(value);
  if (index < 0) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `${option} must be one of ${known.join(', ')}, received '${value}'.`,
    );
  }
  return index;
}
