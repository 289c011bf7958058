// The homography through four point pairs, in closed form.
import { GimbalError } from '../errors.js';
import { type Homography, multiplyHomographies, normalizeHomography } from './homography.js';

/** Twice a corner triangle's area over the square of the quad's extent, below which three corners count as lying on a line. */
const COLLINEAR = 1e-12;

/**
 * The homography that carries four points exactly onto four others, in closed form: no linear system is solved. Each quad is the image
 * of the unit square under a map that can be written down (Heckbert, Fundamentals of Texture Mapping and Image Warping, 1989, §2.2.3);
 * the answer is the second map after the inverse (adjugate) of the first.
 * @param from Four x, y pairs in the order (0,0), (1,0), (1,1), (0,1) of the unit square, as `frameCorners` gives them.
 * @param to Where they go, in the same order.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a wrong count, a number that is not finite, a quad with three corners on a line, or a
 * map that sends the origin to infinity.
 */
export function homographyFromCorners(from: ArrayLike<number>, to: ArrayLike<number>): Homography {
  checkQuad(from, 'from');
  checkQuad(to, 'to');
  return normalizeHomography(multiplyHomographies(squareToQuad(to), adjugate(squareToQuad(from))));
}

function checkQuad(quad: ArrayLike<number>, name: string): void {
  const values = Array.from(quad);
  if (values.length !== 8 || !values.every(Number.isFinite)) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `\`${name}\` needs four corners as eight finite numbers, received [${values.join(', ')}].`,
    );
  }
  let extent = 0;
  for (let k = 1; k < 4; k++) extent = Math.max(extent, Math.hypot(quad[2 * k] - quad[0], quad[2 * k + 1] - quad[1]));
  for (let k = 0; k < 4; k++) {
    if (!(Math.abs(turn(quad, k, (k + 1) % 4, (k + 2) % 4)) > COLLINEAR * extent * extent)) {
      throw new GimbalError(
        'GIMBAL_E_INVALID_ARGUMENT',
        `No three corners of \`${name}\` may lie on a line, but those of [${values.join(', ')}] do.`,
      );
    }
  }
}

/** Twice the signed area of the triangle of corners i, j, k. */
function turn(q: ArrayLike<number>, i: number, j: number, k: number): number {
  const x = q[2 * i];
  const y = q[2 * i + 1];
  return (q[2 * j] - x) * (q[2 * k + 1] - y) - (q[2 * k] - x) * (q[2 * j + 1] - y);
}

/**
 * The map of the unit square onto a quad, scaled by its denominator (so nothing is divided, and a parallelogram needs no case of its
 * own).
 */
function squareToQuad(q: ArrayLike<number>): Homography {
  const dx1 = q[2] - q[4];
  const dy1 = q[3] - q[5];
  const dx2 = q[6] - q[4];
  const dy2 = q[7] - q[5];
  const sx = q[0] - q[2] + q[4] - q[6];
  const sy = q[1] - q[3] + q[5] - q[7];
  const w = dx1 * dy2 - dx2 * dy1;
  const g = sx * dy2 - dx2 * sy;
  const h = dx1 * sy - sx * dy1;
  return Float64Array.of(
    (q[2] - q[0]) * w + g * q[2],
    (q[6] - q[0]) * w + h * q[6],
    q[0] * w,
    (q[3] - q[1]) * w + g * q[3],
    (q[7] - q[1]) * w + h * q[7],
    q[1] * w,
    g,
    h,
    w,
  );
}

function adjugate(m: Homography): Homography {
  return Float64Array.of(
    m[4] * m[8] - m[5] * m[7],
    m[2] * m[7] - m[1] * m[8],
    m[1] * m[5] - m[2] * m[4],
    m[5] * m[6] - m[3] * m[8],
    m[0] * m[8] - m[2] * m[6],
    m[2] * m[3] - m[0] * m[5],
    m[3] * m[7] - m[4] * m[6],
    m[1] * m[6] - m[0] * m[7],
    m[0] * m[4] - m[1] * m[3],
  );
}
