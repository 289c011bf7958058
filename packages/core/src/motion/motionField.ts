import { GimbalError } from '../errors.js';
import type { Size } from '../frame/frame.js';
import { applyHomography, type Homography, normalizeHomography } from '../geometry/homography.js';

/** The values of {@link Verdict}. */
export const VERDICTS = ['ok', 'weak', 'cut', 'duplicate'] as const;

/** The values of a motion field's `model`. */
export const MODELS = ['homography', 'similarity', 'translation', 'identity', 'mesh'] as const;

/**
 * What an estimator says of a pair:
 * `ok`: trust it; `weak`: a best guess on thin evidence; `cut`: the frames show different scenes;
 * `duplicate`: the second frame repeats the first.
 */
export type Verdict = (typeof VERDICTS)[number];

/**
 * Camera motion between two frames: a `rows × cols` grid of homographies that map pixel coordinates of the previous frame to
 * the current one (full-resolution pixels, pixel centres on integers). 1×1 is the global homography.
 */
export interface MotionField {
  readonly rows: number;
  readonly cols: number;
  /** `rows × cols × 9` numbers, cells row by row, each a row-major 3×3 matrix with `h[8] = 1`. */
  readonly homographies: Float64Array;
  /** Size of the frames that the coordinates refer to. */
  readonly size: Size;
  /** 0 (no evidence) to 1. */
  readonly confidence: number;
  readonly verdict: Verdict;
  /** The model that the evidence carried. */
  readonly model: (typeof MODELS)[number];
  /**
   * Why the answer is weak or simpler than a homography, as a phrase without numbers, so that neighbours with the same reason can be told
   * in one go: `too few corners could be followed`.
   */
  readonly reason?: string | undefined;
}

/** What the constructor function needs; the rest is checked or derived. */
export interface MotionFieldInit {
  readonly size: Size;
  readonly homographies: ArrayLike<number>;
  readonly rows?: number;
  readonly cols?: number;
  readonly confidence?: number;
  readonly verdict?: Verdict;
  readonly model?: MotionField['model'];
  readonly reason?: string | undefined;
}

/**
 * Makes a checked motion field.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a wrong length, a number that is not finite, or a confidence outside [0, 1].
 */
export function motionField(init: MotionFieldInit): MotionField {
  const rows = init.rows ?? 1;
  const cols = init.cols ?? 1;
  const confidence = init.confidence ?? 1;
  if (!Number.isInteger(rows) || !Number.isInteger(cols) || rows < 1 || cols < 1) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `A motion field needs a grid of at least 1×1, not ${rows}×${cols}.`,
    );
  }
  if (init.homographies.length !== rows * cols * 9) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `A ${rows}×${cols} motion field needs ${rows * cols * 9} numbers, received ${init.homographies.length}.`,
    );
  }
  if (!(confidence >= 0 && confidence <= 1)) {
    throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `Confidence must lie in [0, 1], received ${confidence}.`);
  }
  const homographies = new Float64Array(init.homographies.length);
  for (let cell = 0; cell < rows * cols; cell++) {
    homographies.set(
      normalizeHomography(Float64Array.from({ length: 9 }, (_, i) => init.homographies[cell * 9 + i])),
      cell * 9,
    );
  }
  return {
    rows,
    cols,
    homographies,
    size: init.size,
    confidence,
    verdict: init.verdict ?? 'ok',
    model: init.model ?? (rows * cols > 1 ? 'mesh' : 'homography'),
    ...(init.reason !== undefined && { reason: init.reason }),
  };
}

/** The homography of one cell: a view, not a copy. */
export function cellHomography(field: MotionField, row: number, col: number): Homography {
  const start = (row * field.cols + col) * 9;
  return field.homographies.subarray(start, start + 9);
}

/**
 * Where the field carries a pixel of the previous frame. Inside the grid the four nearest cells' answers are blended bilinearly
 * (cell centres carry the cell's own answer), so a 1×1 field is exactly its homography.
 */
export function applyMotionField(field: MotionField, x: number, y: number): [number, number] {
  if (field.rows === 1 && field.cols === 1) return applyHomography(field.homographies, x, y);
  const gx = Math.min(Math.max(((x + 0.5) / field.size.width) * field.cols - 0.5, 0), field.cols - 1);
  const gy = Math.min(Math.max(((y + 0.5) / field.size.height) * field.rows - 0.5, 0), field.rows - 1);
  const col = Math.min(Math.floor(gx), Math.max(field.cols - 2, 0));
  const row = Math.min(Math.floor(gy), Math.max(field.rows - 2, 0));
  const fx = gx - col;
  const fy = gy - row;
  let outX = 0;
  let outY = 0;
  for (const [dr, dc, weight] of [
    [0, 0, (1 - fx) * (1 - fy)],
    [0, 1, fx * (1 - fy)],
    [1, 0, (1 - fx) * fy],
    [1, 1, fx * fy],
  ] as const) {
    if (weight === 0) continue;
    const [px, py] = applyHomography(cellHomography(field, row + dr, col + dc), x, y);
    outX += weight * px;
    outY += weight * py;
  }
  return [outX, outY];
}
