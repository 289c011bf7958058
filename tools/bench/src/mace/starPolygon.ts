import type { Draws } from './draws.js';

/** A polygon around the origin that each ray from there leaves once; corners x, y by angle. */
export type StarPolygon = Float64Array;

/** Five to nine corners at uneven angles, half to once the unit away. */
export function drawStarPolygon(random: Draws): StarPolygon {
  const corners = random.integer(5, 9);
  const phase = random.uniform(0, 2 * Math.PI);
  const polygon = new Float64Array(2 * corners);
  for (let i = 0; i < corners; i++) {
    // Neighbours are at most 1.6/5 of a turn apart, so every sector is less than half a turn.
    const angle = phase + (2 * Math.PI * (i + random.uniform(-0.3, 0.3))) / corners;
    const radius = random.uniform(0.5, 1);
    polygon[2 * i] = radius * Math.cos(angle);
    polygon[2 * i + 1] = radius * Math.sin(angle);
  }
  return polygon;
}

/** The factor by which the polygon must grow for its outline to pass through a point (Minkowski's gauge); the point is inside where it is < 1. */
export function gauge(polygon: StarPolygon, x: number, y: number): number {
  const n = polygon.length;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; i += 2) {
    const j = (i + 2) % n;
    const [ax, ay, bx, by] = [polygon[i], polygon[i + 1], polygon[j], polygon[j + 1]];
    const area = ax * by - ay * bx;
    const a = (x * by - y * bx) / area;
    const b = (ax * y - ay * x) / area;
    // Both are 0 or more in the sector of the point; rounding at its edges is let pass, and there both sectors agree.
    if (a >= -1e-12 && b >= -1e-12) least = Math.min(least, a + b);
  }
  return least;
}

/**
 * The factor at which exactly `count` of the places with these gauges lie inside.
 * @throws RangeError when two places change sides together there.
 */
export function factorForCount(gauges: Float64Array, count: number): number {
  const sorted = Float64Array.from(gauges).sort();
  if (!(sorted[count - 1] < sorted[count])) throw new RangeError(`No factor puts exactly ${count} places inside.`);
  return (sorted[count - 1] + sorted[count]) / 2;
}
