import { PATCH } from './bins.js';
import type { Draws } from './draws.js';
import type { Cover } from './occluders.js';
import { type Picture, sampleBilinear } from './picture.js';
import { offsetHomography } from './quad.js';
import { drawStarPolygon, factorForCount, gauge } from './starPolygon.js';
import { eachPixel, mapped, type View } from './view.js';

/**
 * A second plane before the first: a star-shaped polygon of a foreign photo's texture that covers exactly `round(share · 128²)` pixels of the second
 * frame, share uniform in 0.1 to 0.4. Its homography is the pair's with each corner moved on by 1 to 6 px, all four roughly in one
 * direction (±45°), as parallax does. The label stays that of the larger plane.
 */
export function drawSecondPlane(foreign: Picture, offsets: readonly number[], random: Draws): Cover {
  const shape = drawStarPolygon(random);
  const middle = [random.uniform(32, PATCH - 33), random.uniform(32, PATCH - 33)];
  const texture = [random.uniform(64, foreign.width - 64), random.uniform(64, foreign.height - 64)];
  const count = Math.round(random.uniform(0.1, 0.4) * PATCH * PATCH);
  const direction = random.uniform(0, 2 * Math.PI);
  const moved = [...offsets];
  for (let k = 0; k < 4; k++) {
    const angle = direction + random.uniform(-Math.PI / 4, Math.PI / 4);
    const length = random.uniform(1, 6);
    moved[2 * k] += length * Math.cos(angle);
    moved[2 * k + 1] += length * Math.sin(angle);
  }
  const h = offsetHomography(moved);
  const gaugeAt = (x: number, y: number) => gauge(shape, x - middle[0], y - middle[1]);
  const gauges = new Float64Array(PATCH * PATCH);
  eachPixel(0, (index, x, y) => {
    gauges[index] = gaugeAt(x, y);
  });
  const factor = factorForCount(gauges, count);
  const covered = (view: View, place: (x: number, y: number) => [number, number]): View => {
    const values = Float64Array.from(view.values);
    eachPixel(0, (index, x, y) => {
      const [u, v] = place(x, y);
      if (gaugeAt(u, v) >= factor) return;
      values[index] = sampleBilinear(foreign, texture[0] + u - middle[0], texture[1] + v - middle[1]);
    });
    return { ...view, values };
  };
  return (first, second) => [covered(first, (x, y) => mapped(h, x, y)), covered(second, (x, y) => [x, y])];
}
