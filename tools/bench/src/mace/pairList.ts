import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../places.js';
import { BINS, type Bin, PATCH, PHOTO } from './bins.js';
import { type Draws, draws } from './draws.js';
import { isConvex } from './quad.js';

/** Seed of the committed list itself. */
const LIST_SEED = 20261121;

const HEADER = 'bin,photo,x,y,tlx,tly,trx,try,brx,bry,blx,bly,seed';

/** One line of the list. */
export interface Pair {
  /** Name of its bin. */
  readonly bin: string;
  /** Number of the photo: that of COCO val2017 in the committed list. */
  readonly photo: number;
  /** Top left pixel of the window in the 320×240 photo. */
  readonly x: number;
  readonly y: number;
  /** How far the corners of the first patch lie from their place in the second: x, y of top left, top right, bottom right, bottom left. */
  readonly offsets: readonly number[];
  /** Of the degradation. */
  readonly seed: number;
}

/** Where the committed list lies. */
export const pairListFile = path.join(root, 'tools/bench/mace/pairs.csv');

/** The committed list, or as much of it as the first `limit` pairs of each bin. */
export function readPairs(limit = Number.POSITIVE_INFINITY, file = pairListFile): Pair[] {
  return firstOfEachBin(parsePairs(readFileSync(file, 'utf8')), limit);
}

/** The photos that a list draws on, ascending. */
export function photosOf(pairs: readonly Pair[]): number[] {
  return [...new Set(pairs.map(({ photo }) => photo))].sort((a, b) => a - b);
}

/**
 * Draws the list: in each bin the photos take turns in a shuffled order; the window keeps the corners within the photo; offsets are
 * whole numbers, uniform in ±motion, drawn again in the rare case that the quad is not convex (no camera sees that).
 */
export function generatePairs(
  photos: readonly number[],
  bins: readonly Bin[] = BINS,
  seed: number = LIST_SEED,
): Pair[] {
  const random = draws(seed);
  return bins.flatMap(({ name, motion, pairs }) => {
    const turns = shuffled(photos, random);
    return Array.from({ length: pairs }, (_, k) => ({
      bin: name,
      photo: turns[k % turns.length],
      x: random.integer(motion, PHOTO.width - PATCH - motion),
      y: random.integer(motion, PHOTO.height - PATCH - motion),
      offsets: convexOffsets(motion, random),
      seed: random.integer(0, 0xffffffff),
    }));
  });
}

export function serializePairs(pairs: readonly Pair[]): string {
  const lines = pairs.map(({ bin, photo, x, y, offsets, seed }) => [bin, photo, x, y, ...offsets, seed].join(','));
  return `${[HEADER, ...lines].join('\n')}\n`;
}

/** @throws Error naming the line that is not a pair. */
export function parsePairs(text: string): Pair[] {
  const [header, ...lines] = text.trimEnd().split('\n');
  if (header !== HEADER) throw new Error(`The list of pairs begins with "${HEADER}", not with "${header}".`);
  const bins = new Set(BINS.map(({ name }) => name));
  return lines.map((line, i) => {
    const [bin, ...fields] = line.split(',');
    const numbers = fields.map(Number);
    if (!bins.has(bin) || numbers.length !== 12 || !numbers.every(Number.isInteger)) {
      throw new Error(`Line ${i + 2} of the list of pairs must be a known bin and 12 whole numbers, not "${line}".`);
    }
    const [photo, x, y] = numbers;
    return { bin, photo, x, y, offsets: numbers.slice(3, 11), seed: numbers[11] };
  });
}

function firstOfEachBin(pairs: readonly Pair[], limit: number): Pair[] {
  const seen = new Map<string, number>();
  return pairs.filter(({ bin }) => {
    const before = seen.get(bin) ?? 0;
    seen.set(bin, before + 1);
    return before < limit;
  });
}

function convexOffsets(motion: number, random: Draws): number[] {
  for (;;) {
    const offsets = Array.from({ length: 8 }, () => random.integer(-motion, motion));
    if (isConvex(offsets)) return offsets;
  }
}

function shuffled(items: readonly number[], random: Draws): number[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.integer(0, i);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}
