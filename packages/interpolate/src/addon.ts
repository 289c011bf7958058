import path from 'node:path';
import type { HostFrame } from '@gimbal/core';
import { type InformedAddon, packageAddon } from '@gimbal/native';

/** Data, width, height, bytes a row, channels, bytes a sample. */
export type NativePlane = readonly [Uint8Array, number, number, number, number, number, undefined];
/** Significant bits, and bits by which samples are shifted up. */
export type NativeBits = readonly [bitDepth: number, shift: number];

/** First and second frame, bits, [toFirst, toSecond, toMiddle], t, flow, context, [channels, rows, columns] at stride 4, what stands on the screen. */
export type NativePair = readonly [
  first: readonly NativePlane[],
  second: readonly NativePlane[],
  bits: NativeBits,
  matrices: Float64Array,
  t: number,
  flow: Float32Array | undefined,
  context: Float32Array | undefined,
  shape: readonly [channels: number, rows: number, columns: number],
  print: Uint8Array | undefined,
];

/** What the compiled addon exports; the headers in `native/` document each operation. */
interface Addon extends InformedAddon {
  halfPictures(
    first: readonly NativePlane[],
    second: readonly NativePlane[],
    bits: NativeBits,
    matrices: Float64Array,
    rows: number,
    columns: number,
    out: Float32Array,
    threads: number,
  ): Promise<void>;
  lookAt(
    features: Float32Array,
    shape: readonly [channels: number, rows: number, columns: number, stride: number, radius: number, context: number],
    flow: Float32Array | undefined,
    said: Float32Array | undefined,
    seen: Float32Array,
    enlarged: Float32Array,
    threads: number,
  ): Promise<void>;
  /** Resolves to the number of pixels found. */
  findPrint(
    first: readonly NativePlane[],
    second: readonly NativePlane[],
    bits: NativeBits,
    matrices: Float64Array,
    mask: Uint8Array,
    threads: number,
  ): Promise<number>;
  addStep(flow: Float32Array, said: Float32Array, rows: number, columns: number, stride: number): void;
  fetchPair(
    ...pair: readonly [...NativePair, seen: Float32Array, timed: Float32Array, context: Float32Array, threads: number]
  ): Promise<void>;
  /** Resolves to the mean difference (of 255), the share of poor blocks, of guarded cells, and of what was seen at all. */
  mixPair(
    ...pair: readonly [
      ...NativePair,
      seen: Float32Array,
      timed: Float32Array,
      said: Float32Array | undefined,
      how: readonly [margin: number, guard: boolean],
      target: readonly NativePlane[],
      threads: number,
    ]
  ): Promise<Float64Array>;
}

const own = packageAddon<Addon>({
  name: '@gimbal/interpolate',
  directory: path.join(import.meta.dirname, '..'),
  file: 'gimbal_interpolate.node',
  variable: 'GIMBAL_INTERPOLATE_PATH',
});

/**
 * Loads this package's addon, once: the file that GIMBAL_INTERPOLATE_PATH names, the local build, or the prebuilt package.
 * @throws GimbalError `GIMBAL_E_ADDON` when there is none that loads on this machine.
 */
export const loadAddon = own.load;

/**
 * What the addon is and what it runs on.
 * @throws GimbalError `GIMBAL_E_ADDON`.
 */
export const addonInfo = own.info;

/** The planes that are interpolated: all but that of opacity. */
export function planesOf({ planes, format }: HostFrame): NativePlane[] {
  const count = !format.chroma ? 1 : format.layout === 'semiplanar' ? 2 : 3;
  return planes
    .slice(0, count)
    .map(({ data, width, height, stride, channels, bytesPerSample }) => [
      data,
      width,
      height,
      stride,
      channels,
      bytesPerSample,
      undefined,
    ]);
}

export function bitsOf({ format }: HostFrame): NativeBits {
  return [format.bitDepth, format.shift];
}
