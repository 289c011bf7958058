// The addon of this package, and what it exports.
import path from 'node:path';
import type { HostFrame } from '@gimbal/core';
import { type InformedAddon, packageAddon } from '@gimbal/native';

declare const colour: unique symbol;
/** How a stream's samples become light. */
export type ColourHandle = { readonly [colour]: true };

/** Data, width, height, bytes a row, channels, bytes a sample. */
export type NativePlane = readonly [Uint8Array, number, number, number, number, number, undefined];
/** Bits by which samples are shifted up, and log2 of the chroma's subsampling. */
export type NativeShifts = readonly [shift: number, chromaX: number, chromaY: number];
/** Size of a tile's luma and chroma, and bytes a sample. */
export type NativeShape = readonly [
  width: number,
  height: number,
  chromaWidth: number,
  chromaHeight: number,
  bytes: number,
];

/** What the compiled addon exports; `native/addon.cpp` documents each function. */
interface Addon extends InformedAddon {
  colourOf(primaries: number, transfer: number, matrix: number, fullRange: boolean, bitDepth: number): ColourHandle;
  sampleTile(
    planes: readonly NativePlane[],
    shifts: NativeShifts,
    colour: ColourHandle,
    crop: readonly [left: number, top: number, size: number, mirrored: number],
    size: number,
    rgb: Uint8Array,
  ): Promise<void>;
  layTiles(
    rgb: Uint8Array,
    count: number,
    size: number,
    colour: ColourHandle,
    shape: NativeShape,
    saturation: number,
    side: number,
    samples: Uint8Array,
    features: Int16Array,
    means: Int32Array,
    threads: number,
  ): Promise<void>;
  cellFeatures(
    planes: readonly NativePlane[],
    shifts: NativeShifts,
    colour: ColourHandle,
    x: Int32Array,
    y: Int32Array,
    side: number,
    features: Int16Array,
    means: Int32Array,
    threads: number,
  ): Promise<void>;
  distinctTiles(features: Int16Array, dimensions: number, distance: number): Promise<Int32Array<ArrayBuffer>>;
  compose(
    source: readonly NativePlane[],
    target: readonly NativePlane[],
    shifts: NativeShifts,
    x: Int32Array,
    y: Int32Array,
    samples: Uint8Array,
    count: number,
    shape: NativeShape,
    look: readonly [black: number, most: number, veil: number],
    cells: Int32Array,
    threads: number,
  ): Promise<void>;
}

const own = packageAddon<Addon>({
  name: '@gimbal/mosaic',
  directory: path.join(import.meta.dirname, '..'),
  file: 'gimbal_mosaic.node',
  variable: 'GIMBAL_MOSAIC_PATH',
});

/**
 * Loads this package's addon, once: the file that GIMBAL_MOSAIC_PATH names, the local build, or the prebuilt package.
 * @throws GimbalError `GIMBAL_E_ADDON` when there is none that loads on this machine.
 */
export const loadAddon = own.load;

/**
 * What the addon is and what it runs on.
 * @throws GimbalError `GIMBAL_E_ADDON`.
 */
export const addonInfo = own.info;

export function planesOf({ planes }: HostFrame): NativePlane[] {
  return planes.map(({ data, width, height, stride, channels, bytesPerSample }) => [
    data,
    width,
    height,
    stride,
    channels,
    bytesPerSample,
    undefined,
  ]);
}

export function shiftsOf({ format }: HostFrame): NativeShifts {
  return [format.shift, format.chromaShiftX, format.chromaShiftY];
}
