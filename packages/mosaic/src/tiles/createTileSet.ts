// Makes a set of tiles of a folder of photographs or of a clip.
import { readdir, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { GimbalError, type HostFrame, throwIfAborted } from '@gimbal/core';
import { openVideo } from '@gimbal/video';
import { loadAddon, planesOf, shiftsOf } from '../addon.js';
import { type Colour, colourHandle } from '../colour.js';
import { distinctTiles, JUST_NOTICEABLE } from './distinctTiles.js';
import { type FolderFile, readTileFile, type TileFileKey, writeTileFile } from './tileFile.js';
import { checkedTileSize, DEFAULT_TILE_SIZE, type SkippedFile, type TileSet } from './tileSet.js';

/** What more a photograph gives: its mirror image, its four quarters, or both of them (ten tiles a photograph). */
export const TILE_VARIANTS = ['none', 'mirrored', 'quarters', 'all'] as const;
/** One of {@link TILE_VARIANTS}. */
export type TileVariants = (typeof TILE_VARIANTS)[number];

/** How {@link createTileSet} reads a folder. */
export interface TileSetOptions {
  /** Pixels a side at which tiles are kept; 64 unless told. */
  readonly size?: number | undefined;
  readonly variants?: TileVariants | undefined;
  /** Tiles whose 3×3 parts differ by less than this from an earlier tile's are left out: Oklab, 0.02 unless told, 0 keeps all. */
  readonly distance?: number | undefined;
  /** False: neither reads nor writes the folder's cache, `.gimbal-tiles`. */
  readonly cache?: boolean | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const PICTURES = /\.(jpe?g|png|webp|bmp|gif|tiff?|avif|heic|jxl|ppm|pgm)$/i;

/**
 * The pictures of a folder and of the folders in it, as tiles: the middle square of each, and variants of it. What was read is kept in a
 * file in the folder and used again as long as the pictures' names, sizes and times are the same. Files that cannot be read are
 * skipped and listed.
 * @throws GimbalError `GIMBAL_E_INPUT_NOT_FOUND`, `GIMBAL_E_INPUT_UNREADABLE` where not one picture can be read, `GIMBAL_E_CANCELLED`.
 */
export async function createTileSet(folder: string, options: TileSetOptions = {}): Promise<TileSet> {
  const { variants = 'none', distance = JUST_NOTICEABLE, cache = true, signal, onProgress } = options;
  const size = checkedTileSize(options.size ?? DEFAULT_TILE_SIZE);
  const files = await picturesIn(folder);
  const key: TileFileKey = { size, variants, distance, files };
  const kept = cache ? await readTileFile(folder, key) : undefined;
  if (kept !== undefined) return kept;
  const bytes = size * size * 3;
  const perFile = cropsOf({ width: 2, height: 2 }, variants).length;
  const pixels = new Uint8Array(files.length * perFile * bytes);
  const names: string[] = [];
  const skipped: SkippedFile[] = [];
  const read = new Uint8Array(files.length);
  let done = 0;
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < files.length) {
      const mine = next++;
      throwIfAborted(signal);
      try {
        const room = pixels.subarray(mine * perFile * bytes, (mine + 1) * perFile * bytes);
        await sampleFile(path.join(folder, files[mine].name), room, size, variants, signal);
        read[mine] = 1;
      } catch (error) {
        throwIfAborted(signal);
        if (!GimbalError.isInstance(error)) throw error;
        skipped.push({ file: files[mine].name, reason: error.message });
      }
      onProgress?.(++done, files.length);
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
  for (let k = 0; k < files.length; k++) {
    if (read[k] === 0) continue;
    pixels.copyWithin(names.length * bytes, k * perFile * bytes, (k + 1) * perFile * bytes);
    for (let one = 0; one < perFile; one++) names.push(files[k].name);
  }
  if (names.length === 0) throw nothingIn(folder, files.length, skipped);
  skipped.sort((a, b) => (a.file < b.file ? -1 : 1));
  const all: TileSet = {
    size,
    count: names.length,
    pixels: pixels.subarray(0, names.length * bytes),
    names,
    skipped,
    duplicates: 0,
  };
  const set = await distinctTiles(all, distance);
  if (cache) await writeTileFile(folder, key, set);
  return set;
}

function nothingIn(folder: string, files: number, skipped: readonly SkippedFile[]): GimbalError {
  const why =
    files === 0
      ? 'it holds no picture (.jpg, .png, .webp, …)'
      : `none of its ${files} pictures can be read (${skipped[0].file}: ${skipped[0].reason})`;
  return new GimbalError('GIMBAL_E_INPUT_UNREADABLE', `${folder} gives no tiles: ${why}.`);
}

async function picturesIn(folder: string): Promise<FolderFile[]> {
  let names: string[];
  try {
    names = await readdir(folder, { recursive: true });
  } catch (cause) {
    throw new GimbalError(
      'GIMBAL_E_INPUT_NOT_FOUND',
      `The folder of tiles ${folder} cannot be read: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
  const files: FolderFile[] = [];
  for (const name of names.filter((each) => PICTURES.test(each)).sort()) {
    try {
      const found = await stat(path.join(folder, name));
      if (found.isFile()) files.push({ name, bytes: found.size, time: Math.round(found.mtimeMs) });
    } catch {
      // Gone since the folder was read.
    }
  }
  return files;
}

interface Square {
  readonly left: number;
  readonly top: number;
  readonly size: number;
  readonly mirrored: boolean;
}

function cropsOf(
  { width, height }: { readonly width: number; readonly height: number },
  variants: TileVariants,
): Square[] {
  const size = Math.min(width, height);
  const left = Math.floor((width - size) / 2);
  const top = Math.floor((height - size) / 2);
  const squares = [{ left, top, size }];
  if (variants === 'quarters' || variants === 'all') {
    const half = Math.max(1, Math.floor(size / 2));
    for (const y of [top, top + size - half])
      for (const x of [left, left + size - half]) squares.push({ left: x, top: y, size: half });
  }
  const plain = squares.map((square) => ({ ...square, mirrored: false }));
  const mirrored = squares.map((square) => ({ ...square, mirrored: true }));
  return variants === 'mirrored' || variants === 'all' ? [...plain, ...mirrored] : plain;
}

/** Fills `room` with the tiles of a picture, one after the other. */
async function sampleFile(
  file: string,
  room: Uint8Array,
  size: number,
  variants: TileVariants,
  signal: AbortSignal | undefined,
): Promise<void> {
  const source = await openVideo(file, { threads: 1, signal });
  try {
    for await (const frame of source.frames()) {
      try {
        return await sampleFrame(frame, source.info.stream.color, room, size, variants);
      } finally {
        frame.close();
      }
    }
  } finally {
    await source.close();
  }
  throw new GimbalError('GIMBAL_E_INPUT_UNREADABLE', `${file} holds no picture.`);
}

/** The matrix of RGB, which frames never are: pictures that were RGB come as BT.601. */
const RGB_MATRIX = 0;
const BT601_MATRIX = 6;

async function sampleFrame(
  frame: HostFrame,
  { primaries, transfer, matrix }: Pick<Colour, 'primaries' | 'transfer' | 'matrix'>,
  room: Uint8Array,
  size: number,
  variants: TileVariants,
): Promise<void> {
  const tags = {
    primaries,
    transfer,
    matrix: matrix === RGB_MATRIX ? BT601_MATRIX : matrix,
    fullRange: frame.fullRange,
  };
  const colour = colourHandle(tags, frame, frame.format.bitDepth);
  const bytes = size * size * 3;
  for (const [k, { left, top, size: side, mirrored }] of cropsOf(frame, variants).entries()) {
    const crop = [left, top, side, mirrored ? 1 : 0] as const;
    const rgb = room.subarray(k * bytes, (k + 1) * bytes);
    await loadAddon().sampleTile(planesOf(frame), shiftsOf(frame), colour, crop, size, rgb);
  }
}
