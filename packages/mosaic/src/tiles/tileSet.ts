import { GimbalError } from '@gimbal/core';

/** Pictures that a mosaic is made of: squares of sRGB, all of one size. */
export interface TileSet {
  /** Pixels a side. */
  readonly size: number;
  readonly count: number;
  /** count × size × size × 3 bytes: red, green and blue, row by row. */
  readonly pixels: Uint8Array;
  /** Where each tile comes from. */
  readonly names: readonly string[];
  /** Files that could not be used, and why. */
  readonly skipped: readonly SkippedFile[];
  /** Tiles that were left out because another one looks nearly the same. */
  readonly duplicates: number;
}

/** A file of the folder that gave no tile, and why. */
export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

/** The largest side that a tile may be kept at. */
export const MOST_TILE_SIZE = 256;
/** Memory that 10,000 tiles of this size take: 123 MB. */
export const DEFAULT_TILE_SIZE = 64;

export function checkedTileSize(size: number): number {
  if (Number.isInteger(size) && size >= 8 && size <= MOST_TILE_SIZE) return size;
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `Tiles are kept at 8 to ${MOST_TILE_SIZE} pixels a side, received ${size}.`,
  );
}

/** The tiles of a set at these places. */
export function chosenTiles(set: TileSet, places: Int32Array, duplicates: number): TileSet {
  const bytes = set.size * set.size * 3;
  const pixels = new Uint8Array(places.length * bytes);
  places.forEach((place, k) => {
    pixels.set(set.pixels.subarray(place * bytes, (place + 1) * bytes), k * bytes);
  });
  return { ...set, count: places.length, pixels, names: Array.from(places, (place) => set.names[place]), duplicates };
}
