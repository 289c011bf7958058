// Draws a set of tiles: plain shapes in every colour.
import { GimbalError } from '@gimbal/core';
import { checkedTileSize, type TileSet } from './tileSet.js';

/** Plain shapes need no more. */
const GENERATED_SIZE = 32;

/** What {@link generateTiles} draws. */
export interface GeneratedTilesOptions {
  /** How many; 3,000 unless told. */
  readonly count?: number | undefined;
  /** Pixels a side; 32 unless told. */
  readonly size?: number | undefined;
  /** The same seed draws the same tiles. */
  readonly seed?: number | undefined;
}

type Rgb = readonly [number, number, number];

/** Mulberry32 (Ettinger 2017). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

/** A colour by hue, chroma and lightness, each from 0 to 1; most are muted, as those of photographs are. */
function colourOf(hue: number, chroma: number, lightness: number): Rgb {
  const channel = (shift: number): number => {
    const wave = Math.cos(2 * Math.PI * (hue - shift));
    return 255 * Math.min(1, Math.max(0, lightness + 0.45 * chroma * wave * (1 - Math.abs(2 * lightness - 1) * 0.6)));
  };
  return [channel(0), channel(1 / 3), channel(2 / 3)];
}

/**
 * Tiles that need no photographs: two colours each, joined by a slope, a disc, stripes, leaves, hills or a grain.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT`.
 */
export function generateTiles({ count = 3000, size = GENERATED_SIZE, seed = 1 }: GeneratedTilesOptions = {}): TileSet {
  checkedTileSize(size);
  if (!Number.isInteger(count) || count < 1 || count > 100_000) {
    throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `1 to 100000 tiles can be drawn, received ${count}.`);
  }
  const random = randomFrom(seed);
  const pixels = new Uint8Array(count * size * size * 3);
  for (let t = 0; t < count; t++)
    drawTile(pixels.subarray(t * size * size * 3, (t + 1) * size * size * 3), size, random);
  const names = Array.from({ length: count }, (_, k) => `generated ${k + 1}`);
  return { size, count, pixels, names, skipped: [], duplicates: 0 };
}

function drawTile(out: Uint8Array, size: number, random: () => number): void {
  const hue = random();
  const chroma = random() ** 1.5;
  const lightness = random();
  const near = random() < 0.8;
  const first = colourOf(hue, chroma, lightness);
  const second = near
    ? colourOf(
        hue + 0.15 * (random() - 0.5),
        chroma * random(),
        Math.min(1, Math.max(0, lightness + 0.5 * (random() - 0.5))),
      )
    : colourOf(random(), random() ** 1.5, random());
  const share = SHAPES[Math.floor(random() * SHAPES.length)](random);
  const grain = 14 * random();
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const of = Math.min(1, Math.max(0, share((x + 0.5) / size - 0.5, (y + 0.5) / size - 0.5)));
      const noise = grain * (random() - 0.5);
      for (let c = 0; c < 3; c++) {
        out[(y * size + x) * 3 + c] = Math.min(255, Math.max(0, first[c] + (second[c] - first[c]) * of + noise));
      }
    }
  }
}

/** How much of the second colour there is at a place from −0.5 to 0.5. */
type Share = (x: number, y: number) => number;

const SHAPES: readonly ((random: () => number) => Share)[] = [
  (random) => {
    const turn = 2 * Math.PI * random();
    const slope = 0.6 + 2 * random();
    return (x, y) => 0.5 + slope * (x * Math.cos(turn) + y * Math.sin(turn));
  },
  (random) => {
    const [cx, cy, radius] = [0.5 * (random() - 0.5), 0.5 * (random() - 0.5), 0.15 + 0.3 * random()];
    const edge = 4 + 30 * random();
    return (x, y) => 0.5 + edge * (radius - Math.hypot(x - cx, y - cy));
  },
  (random) => {
    const turn = Math.PI * random();
    const waves = 6 + 24 * random();
    return (x, y) => 0.5 + 0.9 * Math.sin(waves * (x * Math.cos(turn) + y * Math.sin(turn)));
  },
  (random) => {
    const centres = Array.from({ length: 4 }, () => [random() - 0.5, random() - 0.5, 0.1 + 0.15 * random()] as const);
    return (x, y) => Math.max(...centres.map(([cx, cy, radius]) => 0.5 + 12 * (radius - Math.hypot(x - cx, y - cy))));
  },
  (random) => {
    const [level, steep, phase] = [0.6 * (random() - 0.5), 0.25 * random(), 6.3 * random()];
    return (x, y) => 0.5 + 14 * (y - level - steep * Math.sin(5 * x + phase));
  },
  (random) => {
    const [sx, sy] = [4 + 14 * random(), 4 + 14 * random()];
    const phase = 6.3 * random();
    return (x, y) => 0.5 + 0.35 * (Math.sin(sx * x + phase) + Math.sin(sy * y + 2 * phase));
  },
];
