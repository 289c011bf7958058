import type { Size } from '../frame/frame.js';
import { applyHomography, type Homography, multiplyHomographies } from '../geometry/homography.js';
import { parameterFields, parameterRadius, parametersToHomography } from '../geometry/motionParameters.js';
import type { Warp } from '../run/renderer.js';
import { READOUT_NODES, type ReadoutMotion, type RollingShutter } from './rollingShutter.js';

/** Bands of the output, each with a homography of its own; the renderer blends between them. */
const BANDS = 24;
/** Rounds in which a point finds the line that it is read in: each is off by a tenth of the one before, or less. */
const ROUNDS = 4;
/** Lines outside the picture are taken to be read up to here, as a share of it from its middle. */
const FARTHEST = 0.6;
/** Points between the corners at which an edge along the readout is checked. */
const CHECKED = 9;
/** Pixels by which a point may lie outside: the renderer repeats the edge there, which nobody can see. */
const SLACK = 0.05;

const PARAMETERS = new Float64Array(8);
const FIELDS = new Float64Array(16);

/** Fills `out` with the eight parameters that lead from the middle row's moment to that of a line `share` of the picture away. */
function readoutAt(motion: ReadoutMotion, share: number, out: Float64Array): Float64Array {
  const s = Math.max(-FARTHEST, Math.min(FARTHEST, share));
  out.fill(0);
  // Lagrange's polynomial through the nodes.
  for (let k = 0; k < READOUT_NODES.length; k++) {
    let weight = 1;
    for (let j = 0; j < READOUT_NODES.length; j++) {
      if (j !== k) weight *= (s - READOUT_NODES[j]) / (READOUT_NODES[k] - READOUT_NODES[j]);
    }
    for (let i = 0; i < 8; i++) out[i] += weight * motion[k * 8 + i];
  }
  return out;
}

/** The share of the picture, from its middle, at which a point of the source is read. */
function shareOf(x: number, y: number, axis: RollingShutter['axis'], { width, height }: Size): number {
  return axis === 'rows' ? (y - (height - 1) / 2) / height : (x - (width - 1) / 2) / width;
}

/**
 * Where a point of the picture that all rows would have shown at once is found in the picture that was read, to first order in the
 * motion during the readout.
 */
export function readoutPoint(
  motion: ReadoutMotion,
  axis: RollingShutter['axis'],
  size: Size,
  x: number,
  y: number,
): [number, number] {
  const radius = parameterRadius(size);
  parameterFields((x - (size.width - 1) / 2) / radius, (y - (size.height - 1) / 2) / radius, FIELDS);
  let [px, py] = [x, y];
  for (let round = 0; round < ROUNDS; round++) {
    const e = readoutAt(motion, shareOf(px, py, axis, size), PARAMETERS);
    px = x;
    py = y;
    for (let i = 0; i < 8; i++) {
      px += FIELDS[i] * e[i];
      py += FIELDS[8 + i] * e[i];
    }
  }
  return [px, py];
}

/**
 * Output pixel → source pixel where each line of the source has a moment of its own: a homography for each of {@link BANDS} bands of the
 * output, exact in the middle of its band, so that the renderer still interpolates every pixel once. What a line further up or down in the
 * same band of a turned picture adds is taken along to first order.
 * @param warp Output pixel → picture with all rows at the moment of the middle one.
 */
export function readoutWarp(
  warp: Homography,
  motion: ReadoutMotion,
  axis: RollingShutter['axis'],
  size: Size,
  output: Size,
): Warp {
  const homographies = new Float64Array(BANDS * 9);
  const byRows = axis === 'rows';
  const extent = byRows ? size.height : size.width;
  const e = new Float64Array(8);
  for (let band = 0; band < BANDS; band++) {
    const along = ((band + 0.5) / BANDS) * (byRows ? output.height : output.width) - 0.5;
    const [u, v] = byRows ? [(output.width - 1) / 2, along] : [along, (output.height - 1) / 2];
    const [qx, qy] = applyHomography(warp, u, v);
    const near = readoutPoint(motion, axis, size, qx, qy);
    const share = shareOf(near[0], near[1], axis, size);
    const during = parametersToHomography(readoutAt(motion, share, e), size);
    const [px, py] = applyHomography(during, qx, qy);
    // How far the point would move if it were read a line later.
    const step = 0.5 / extent;
    const [before, after] = [share - step, share + step].map((s) =>
      applyHomography(parametersToHomography(readoutAt(motion, s, e), size), qx, qy),
    );
    const dx = after[0] - before[0];
    const dy = after[1] - before[1];
    // p' = p + d · (line of p' − line of this point): linear, solved for p'.
    const scale = 1 / (1 - (byRows ? dy : dx));
    const origin = byRows ? py : px;
    const bent = byRows
      ? Float64Array.of(1, dx * scale, -dx * scale * origin, 0, 1 + dy * scale, -dy * scale * origin, 0, 0, 1)
      : Float64Array.of(1 + dx * scale, 0, -dx * scale * origin, dy * scale, 1, -dy * scale * origin, 0, 0, 1);
    homographies.set(multiplyHomographies(bent, multiplyHomographies(during, warp)), band * 9);
  }
  return byRows ? { rows: BANDS, cols: 1, homographies } : { rows: 1, cols: BANDS, homographies };
}

/** Whether the source covers all of the output. */
export function readoutCovers(
  warp: Homography,
  motion: ReadoutMotion,
  axis: RollingShutter['axis'],
  size: Size,
  output: Size,
): boolean {
  const [right, bottom] = [output.width - 1, output.height - 1];
  for (let k = 0; k < CHECKED; k++) {
    const share = k / (CHECKED - 1);
    for (const side of [0, 1]) {
      const ends = k === 0 || k === CHECKED - 1;
      const points = axis === 'rows' || ends ? [[side * right, share * bottom]] : [];
      if (axis === 'columns' || ends) points.push([share * right, side * bottom]);
      for (const [u, v] of points) {
        const [qx, qy] = applyHomography(warp, u, v);
        const [x, y] = readoutPoint(motion, axis, size, qx, qy);
        const inside = x >= -SLACK && y >= -SLACK && x <= size.width - 1 + SLACK && y <= size.height - 1 + SLACK;
        if (!inside) return false;
      }
    }
  }
  return true;
}

/** Largest share by which a motion during the readout moves a corner or the middle of an edge, of the frame's width or height. */
export function readoutReach(motion: ReadoutMotion, axis: RollingShutter['axis'], size: Size): number {
  let most = 0;
  for (const fx of [0, 0.5, 1]) {
    for (const fy of [0, 0.5, 1]) {
      const [x, y] = [fx * (size.width - 1), fy * (size.height - 1)];
      const [px, py] = readoutPoint(motion, axis, size, x, y);
      most = Math.max(most, Math.abs(px - x) / size.width, Math.abs(py - y) / size.height);
    }
  }
  return most;
}
