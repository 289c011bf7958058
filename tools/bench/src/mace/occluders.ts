import { PATCH } from './bins.js';
import type { Draws } from './draws.js';
import { type Picture, sampleBilinear } from './picture.js';
import { drawStarPolygon, factorForCount, gauge, type StarPolygon } from './starPolygon.js';
import { eachPixel, type View } from './view.js';

/** Least range of an occluder's own motion, in pixels each axis. */
const LEAST_MOTION = 8;

/** How near to the patch's border an occluder's middle may come, in pixels. */
const RIM = 8;

interface Occluder {
  readonly shape: StarPolygon;
  /** Middle in the first and in the second frame. */
  readonly middles: readonly [readonly [number, number], readonly [number, number]];
  /** What its middle shows of the foreign photo. */
  readonly texture: readonly [number, number];
}

/** Covers parts of both frames of a pair. */
export type Cover = (first: View, second: View) => [View, View];

/**
 * One to three star-shaped polygons of a foreign photo's texture that move by themselves: each by its own shift, uniform in ±max(motion, 8) px
 * (its middle stays 8 px within the patch). In each frame the polygons grow or shrink together until they cover exactly
 * `round(share · 128²)` pixels of the patch, and their texture with them. Edges are hard.
 */
export function drawOccluders(foreign: Picture, share: number, motion: number, random: Draws): Cover {
  const range = Math.max(motion, LEAST_MOTION);
  const occluders = Array.from({ length: random.integer(1, 3) }, (): Occluder => {
    const shape = drawStarPolygon(random);
    const second = [random.uniform(RIM, PATCH - 1 - RIM), random.uniform(RIM, PATCH - 1 - RIM)] as const;
    const move = (value: number) => Math.min(Math.max(value + random.uniform(-range, range), RIM), PATCH - 1 - RIM);
    const first = [move(second[0]), move(second[1])] as const;
    const texture = [random.uniform(64, foreign.width - 64), random.uniform(64, foreign.height - 64)] as const;
    return { shape, middles: [first, second], texture };
  });
  const count = Math.round(share * PATCH * PATCH);
  return (first, second) => {
    const layers = [nearest(occluders, 0), nearest(occluders, 1)];
    const factors = layers.map(({ gauges }) => factorForCount(gauges, count));
    const covered = [first, second].map((view, frame) => {
      const values = Float64Array.from(view.values);
      const { gauges, owners } = layers[frame];
      const zoom = factors[1] / factors[frame];
      eachPixel(0, (index, x, y) => {
        if (gauges[index] >= factors[frame]) return;
        const { middles, texture } = occluders[owners[index]];
        const [mx, my] = middles[frame];
        values[index] = sampleBilinear(foreign, texture[0] + (x - mx) * zoom, texture[1] + (y - my) * zoom);
      });
      return { ...view, values };
    });
    return [covered[0], covered[1]];
  };
}

/** For each pixel of the patch the least gauge of all occluders, and whose it is. */
function nearest(occluders: readonly Occluder[], frame: 0 | 1): { gauges: Float64Array; owners: Uint8Array } {
  const gauges = new Float64Array(PATCH * PATCH).fill(Number.POSITIVE_INFINITY);
  const owners = new Uint8Array(PATCH * PATCH);
  for (const [k, { shape, middles }] of occluders.entries()) {
    eachPixel(0, (index, x, y) => {
      const value = gauge(shape, x - middles[frame][0], y - middles[frame][1]);
      if (value >= gauges[index]) return;
      gauges[index] = value;
      owners[index] = k;
    });
  }
  return { gauges, owners };
}
