// Keeps a set of tiles in a file, so that the photographs need not be read again.
import { createHash } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { TileSet } from './tileSet.js';

/** A picture of the folder, by what tells that it changed. */
export interface FolderFile {
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds. */
  readonly time: number;
}

/** What a folder's cache was made from: one that was made from anything else is not used. */
export interface TileFileKey {
  readonly size: number;
  readonly variants: string;
  readonly distance: number;
  readonly files: readonly FolderFile[];
}

/** Photographs are personal: the cache lies beside them and nowhere else. */
export const TILE_FILE = '.gimbal-tiles';
const VERSION = 1;

interface Header {
  readonly version: number;
  readonly key: string;
  readonly pixels: string;
  readonly set: Omit<TileSet, 'pixels'>;
}

const digest = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** The set that a folder's cache holds, if it was made from these pictures in this way and is whole. */
export async function readTileFile(folder: string, key: TileFileKey): Promise<TileSet | undefined> {
  try {
    const file = await readFile(path.join(folder, TILE_FILE));
    const length = file.readUInt32LE(0);
    const header = JSON.parse(file.toString('utf8', 4, 4 + length)) as Header;
    const pixels = new Uint8Array(file.buffer, file.byteOffset + 4 + length, file.length - 4 - length);
    const { size, count } = header.set;
    const whole = header.version === VERSION && pixels.length === count * size * size * 3;
    if (!whole || header.key !== digest(JSON.stringify(key)) || header.pixels !== digest(pixels)) return undefined;
    return { ...header.set, pixels };
  } catch {
    return undefined;
  }
}

/** Keeps a set in its folder. A folder that cannot be written to has no cache: the next run reads the pictures again. */
export async function writeTileFile(folder: string, key: TileFileKey, { pixels, ...set }: TileSet): Promise<void> {
  const header: Header = { version: VERSION, key: digest(JSON.stringify(key)), pixels: digest(pixels), set };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const file = path.join(folder, TILE_FILE);
  const part = `${file}.${process.pid}.part`;
  try {
    const out = await open(part, 'w');
    try {
      for (const piece of [length, text, pixels]) await out.writeFile(piece);
    } finally {
      await out.close();
    }
    await rename(part, file);
  } catch {
    await rm(part, { force: true });
  }
}
