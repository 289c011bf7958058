import type { Size } from '../frame/frame.js';
import type { Homography } from '../geometry/homography.js';

/** The part of the stabilized picture that is shown: `scale` of the frame's width and height about a centre, in pixels. */
export interface Window {
  readonly scale: number;
  readonly centreX: number;
  readonly centreY: number;
}

type Point = readonly [number, number];

/** How far beyond the frame's own rectangle a window may move, as a fraction of the frame. */
const REACH = 0.5;

/** Half-pixel safety against rounding at the border, in pixels. */
const MARGIN = 1e-3;

/**
 * Largest inscribed rectangle of a whole clip: the largest window with the frame's aspect ratio that shows nothing but picture in
 * every frame. The visible region of one frame is a convex quadrilateral (its border mapped back through the correction), so the
 * common region is a convex polygon, and the largest window in it is a linear programme in three unknowns, solved by bisection on
 * the scale and clipping.
 * @param corrections Output pixel → source pixel, one per frame.
 * @returns A window with `scale` in (0, 1], or `undefined` when no part of the picture is common to all frames.
 */
export function staticCrop(corrections: readonly Homography[], size: Size): Window | undefined {
  const region = commonRegion(corrections, size);
  if (region.length < 3) return undefined;
  const halfX = (size.width - 1) / 2;
  const halfY = (size.height - 1) / 2;
  let low = 0;
  let high = 1;
  let best: Point | undefined = centresFor(region, 0, halfX, halfY);
  const whole = centresFor(region, 1, halfX, halfY);
  if (whole !== undefined) return { scale: 1, centreX: whole[0], centreY: whole[1] };
  for (let k = 0; k < 40; k++) {
    const middle = (low + high) / 2;
    const centre = centresFor(region, middle, halfX, halfY);
    if (centre === undefined) high = middle;
    else {
      low = middle;
      best = centre;
    }
  }
  return best === undefined || low <= 0 ? undefined : { scale: low, centreX: best[0], centreY: best[1] };
}

/** The polygon of output pixels whose source pixel lies inside the frame, in every frame. */
function commonRegion(corrections: readonly Homography[], size: Size): Point[] {
  const w = size.width - 1;
  const h = size.height - 1;
  let polygon: Point[] = [
    [-REACH * w, -REACH * h],
    [(1 + REACH) * w, -REACH * h],
    [(1 + REACH) * w, (1 + REACH) * h],
    [-REACH * w, (1 + REACH) * h],
  ];
  for (const c of corrections) {
    polygon = clipToFrame(polygon, c, size);
    if (polygon.length < 3) return [];
  }
  return polygon;
}

/**
 * The part of a convex polygon of output pixels whose source pixels lie inside the frame; empty when there is none.
 * @param c Output pixel → source pixel.
 * @param reach Pixels by which the frame counts as larger on every side.
 */
export function clipToFrame(polygon: readonly Point[], c: Homography, size: Size, reach = 0): Point[] {
  // Source x = (c0 x + c1 y + c2) / (c6 x + c7 y + c8) between −reach and right is two half-planes; likewise y; and the horizon.
  const right = size.width - 1 + reach;
  const bottom = size.height - 1 + reach;
  let inside = clip(polygon, c[0] + reach * c[6], c[1] + reach * c[7], c[2] + reach * c[8]);
  inside = clip(inside, right * c[6] - c[0], right * c[7] - c[1], right * c[8] - c[2]);
  inside = clip(inside, c[3] + reach * c[6], c[4] + reach * c[7], c[5] + reach * c[8]);
  inside = clip(inside, bottom * c[6] - c[3], bottom * c[7] - c[4], bottom * c[8] - c[5]);
  return clip(inside, c[6], c[7], c[8]);
}

/** Keeps the part of a convex polygon where a·x + b·y + c ≥ 0 (Sutherland and Hodgman, 1974). */
function clip(polygon: readonly Point[], a: number, b: number, c: number): Point[] {
  const slack = MARGIN * Math.hypot(a, b);
  const distance = ([x, y]: Point): number => a * x + b * y + c + slack;
  if (polygon.every((point) => distance(point) >= 0)) return polygon as Point[];
  const out: Point[] = [];
  for (let i = 0; i < polygon.length; i++) {
    const from = polygon[i];
    const to = polygon[(i + 1) % polygon.length];
    const df = distance(from);
    const dt = distance(to);
    if (df >= 0) out.push(from);
    if (df >= 0 !== dt >= 0) {
      const share = df / (df - dt);
      out.push([from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]);
    }
  }
  return out;
}

/**
 * A centre at which a window of this scale fits: the polygon is eroded by the window (each edge moves in by the window's extent along
 * its normal). Of the possible centres the one nearest the mean is taken.
 */
function centresFor(region: readonly Point[], scale: number, halfX: number, halfY: number): Point | undefined {
  let feasible = region as Point[];
  let area = 0;
  for (let i = 0; i < region.length; i++) {
    const [x0, y0] = region[i];
    const [x1, y1] = region[(i + 1) % region.length];
    area += x0 * y1 - x1 * y0;
  }
  const turn = Math.sign(area);
  for (let i = 0; i < region.length; i++) {
    const [x0, y0] = region[i];
    const [x1, y1] = region[(i + 1) % region.length];
    const a = -turn * (y1 - y0);
    const b = turn * (x1 - x0);
    const reach = scale * (Math.abs(a) * halfX + Math.abs(b) * halfY);
    feasible = clip(feasible, a, b, -(a * x0 + b * y0) - reach);
    if (feasible.length === 0) return undefined;
  }
  const n = feasible.length;
  return [feasible.reduce((sum, p) => sum + p[0], 0) / n, feasible.reduce((sum, p) => sum + p[1], 0) / n];
}
