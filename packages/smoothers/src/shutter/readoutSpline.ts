import type { Size } from '@gimbal/core';
import { parameterFields, parameterRadius } from '@gimbal/core/geometry';
import { READOUT_NODES } from '@gimbal/core/shutter';
import { createBandedMatrix, factorizeBanded, solveBanded } from '../solver/bandedCholesky.js';
import type { StepSeries } from './stepSeries.js';

/** Motions that are known at every moment: translation x and y (with the perspective that a turning camera adds), rotation, scale. */
const MOTIONS = 4;
/** Equations of a step: translation, rotation, scale, stretch and skew. */
const EQUATIONS = 6;
const KNOTS_PER_INTERVAL = 2;
/** Rows and columns of points over which a step's parameters are the least-squares fit. */
const LINES = 9;
const ACROSS = 5;
/** Weight of the second differences of neighbouring coefficients: what the camera is expected to do between the frames. */
const STIFFNESS = 0.003 * KNOTS_PER_INTERVAL ** 3;
/** Pixels by which a step's translation, rotation and scale are trusted. */
const STEP_SIGMA = 0.03;
const HUBER = 2;
const ROUNDS = 2;

/** What a spline is fitted with. */
export interface ReadoutSplineOptions {
  readonly readout: number;
  readonly axis: 'rows' | 'columns';
  /** Perspective x and y that comes with a translation of 1: (r/f)² of a turning camera, r being the parameter radius. */
  readonly perspective: readonly [number, number];
  /** Where along the readout the picture shows something to measure: mean, as a share from the middle, and standard deviation; uniform is 0, ∞. */
  readonly profile: readonly [number, number];
  /** Scale of the noise of stretch and skew, pixels at the parameter radius. */
  readonly shapeSigma: readonly [number, number];
  /** Steps whose stretch and skew are left out. */
  readonly held?: ((step: number) => boolean) | undefined;
}

/** The camera's motion at every moment of a shot, not only at its frames. */
export class ReadoutSpline {
  readonly #first: number;
  readonly #groups: number;
  readonly #coefficients: Float64Array;
  /** Weighted squares of what the steps are off by, and of the bending. */
  cost = 0;

  private constructor(
    private readonly series: StepSeries,
    private readonly options: ReadoutSplineOptions,
    private readonly projection: readonly Float64Array[],
  ) {
    const { moments } = series;
    const pad = Math.abs(options.readout) * 0.75 + 1;
    this.#first = Math.floor((moments[0] - pad) * KNOTS_PER_INTERVAL) - 1;
    this.#groups = Math.ceil((moments[moments.length - 1] + pad) * KNOTS_PER_INTERVAL) - this.#first + 4;
    this.#coefficients = new Float64Array(this.#groups * MOTIONS);
  }

  /**
   * Fits cubic B-splines, two knots an interval, to the steps: a point in row y of frame t was seen at t + readout · y, so a step shows how
   * far each row moved between two moments of its own; its parameters are the least-squares fit over all rows. Smooth where the
   * steps leave it open (Ringaby and Forssén 2012 fit such a path to tracked points).
   */
  static fit(series: StepSeries, options: ReadoutSplineOptions): ReadoutSpline {
    const spline = new ReadoutSpline(series, options, lineProjections(series.size, options));
    const weights = new Float64Array(series.known.length * EQUATIONS);
    for (let i = 0; i < series.known.length; i++) {
      if (series.known[i] === 0) continue;
      for (let e = 0; e < 4; e++) weights[i * EQUATIONS + e] = 1 / STEP_SIGMA ** 2;
      if (series.known[i] < 2 || options.held?.(i)) continue;
      for (let e = 4; e < 6; e++) weights[i * EQUATIONS + e] = 1 / options.shapeSigma[e - 4] ** 2;
    }
    const full = weights.slice();
    for (let round = 0; round < ROUNDS; round++) {
      spline.#solve(weights);
      spline.cost = spline.#bending();
      const predicted = new Float64Array(8);
      for (let i = 0; i < series.known.length; i++) {
        if (series.known[i] === 0) continue;
        spline.predict(i, predicted);
        for (let e = 0; e < EQUATIONS; e++) {
          const at = i * EQUATIONS + e;
          if (full[at] === 0) continue;
          const off = Math.abs(series.parameters[i * 8 + e] - predicted[e]) * Math.sqrt(full[at]);
          weights[at] = full[at] * Math.min(1, HUBER / Math.max(off, 1e-12));
          spline.cost += off <= HUBER ? off * off : HUBER * (2 * off - HUBER);
        }
      }
    }
    return spline;
  }

  /** Parameters of step `i` as the estimator would have measured them of this path, with this readout. */
  predict(i: number, out: Float64Array): void {
    const change = new Float64Array(MOTIONS);
    out.fill(0);
    for (let line = 0; line < LINES; line++) {
      const [before, after] = this.#moments(i, line);
      change.fill(0);
      this.#add(change, after, 1);
      this.#add(change, before, -1);
      const own = this.projection[line];
      for (let e = 0; e < 8; e++) for (let k = 0; k < MOTIONS; k++) out[e] += own[e * MOTIONS + k] * change[k];
    }
  }

  /** Eight parameters that lead from moment `from` to moment `to`, both in intervals. */
  between(from: number, to: number, out: Float64Array): void {
    const change = new Float64Array(MOTIONS);
    this.#add(change, to, 1);
    this.#add(change, from, -1);
    const { perspective } = this.options;
    out.fill(0);
    out.set(change);
    out[6] = perspective[0] * change[0];
    out[7] = perspective[1] * change[1];
  }

  /** See ReadoutMotion: at the nodes of the frame taken at `moment`. */
  readoutMotion(moment: number): Float64Array {
    const motion = new Float64Array(READOUT_NODES.length * 8);
    for (const [k, node] of READOUT_NODES.entries()) {
      this.between(moment, moment + this.options.readout * node, motion.subarray(k * 8, k * 8 + 8));
    }
    return motion;
  }

  /** When a line of a step was seen in the frame before it and in the one after. */
  #moments(i: number, line: number): [number, number] {
    const { readout, axis } = this.options;
    const { size, moments, parameters } = this.series;
    const share = (line + 0.5) / LINES - 0.5;
    const [extent, shift, growth] = axis === 'rows' ? [size.height, 1, -1] : [size.width, 0, 1];
    // The middle of the line moves along the axis by so much.
    const offset = (share * extent) / parameterRadius(size);
    const moved = parameters[i * 8 + shift] + offset * (parameters[i * 8 + 3] + growth * parameters[i * 8 + 4]);
    return [moments[i] + readout * share, moments[i + 1] + readout * (share + moved / extent)];
  }

  #add(sum: Float64Array, moment: number, sign: number): void {
    const [group, weights] = this.#basis(moment);
    for (let a = 0; a < 4; a++) {
      for (let k = 0; k < MOTIONS; k++) sum[k] += sign * weights[a] * this.#coefficients[(group + a) * MOTIONS + k];
    }
  }

  #basis(moment: number): readonly [number, readonly [number, number, number, number]] {
    const x = moment * KNOTS_PER_INTERVAL - this.#first;
    const group = Math.min(Math.max(Math.floor(x), 0), this.#groups - 4);
    const u = x - group;
    const v = 1 - u;
    return [
      group,
      [(v * v * v) / 6, (3 * u * u * u - 6 * u * u + 4) / 6, (3 * v * v * v - 6 * v * v + 4) / 6, (u * u * u) / 6],
    ];
  }

  #solve(weights: Float64Array): void {
    const { series, projection } = this;
    const longest = series.moments.reduce(
      (most, moment, i) => Math.max(most, i > 0 ? moment - series.moments[i - 1] : 0),
      1,
    );
    const span = Math.ceil((Math.min(longest, 8) + 2 * Math.abs(this.options.readout)) * KNOTS_PER_INTERVAL) + 5;
    const matrix = createBandedMatrix(this.#groups * MOTIONS, span * MOTIONS + MOTIONS - 1);
    const right = this.#coefficients.fill(0);
    const width = matrix.halfBandwidth + 1;
    const add = (row: number, column: number, value: number) => {
      matrix.entries[row * width + matrix.halfBandwidth + column - row] += value;
    };
    const rows = new Float64Array(EQUATIONS * span * MOTIONS);
    for (let i = 0; i < series.known.length; i++) {
      if (series.known[i] === 0) continue;
      rows.fill(0);
      let lowest = this.#groups;
      let highest = 0;
      for (let line = 0; line < LINES; line++) {
        for (const moment of this.#moments(i, line)) {
          const [group] = this.#basis(moment);
          lowest = Math.min(lowest, group);
          highest = Math.max(highest, group + 4);
        }
      }
      // A step over a longer gap, or one that moves by more than the frame, says nothing between the frames.
      if (highest - lowest > span) continue;
      for (let line = 0; line < LINES; line++) {
        for (const [which, moment] of this.#moments(i, line).entries()) {
          const [group, basis] = this.#basis(moment);
          for (let a = 0; a < 4; a++) {
            const at = (group + a - lowest) * MOTIONS;
            const weight = (which === 1 ? 1 : -1) * basis[a];
            for (let e = 0; e < EQUATIONS; e++) {
              for (let k = 0; k < MOTIONS; k++) {
                rows[e * span * MOTIONS + at + k] += weight * projection[line][e * MOTIONS + k];
              }
            }
          }
        }
      }
      const used = (highest - lowest) * MOTIONS;
      const start = lowest * MOTIONS;
      for (let e = 0; e < EQUATIONS; e++) {
        const weight = weights[i * EQUATIONS + e];
        if (weight === 0) continue;
        const own = e * span * MOTIONS;
        const value = series.parameters[i * 8 + e];
        for (let r = 0; r < used; r++) {
          const weighted = weight * rows[own + r];
          if (weighted === 0) continue;
          right[start + r] += weighted * value;
          for (let c = 0; c <= r; c++) add(start + r, start + c, weighted * rows[own + c]);
        }
      }
    }
    const bend = [1, -2, 1];
    for (let g = 0; g + 2 < this.#groups; g++) {
      for (let k = 0; k < MOTIONS; k++) {
        for (let a = 0; a < 3; a++) {
          for (let b = 0; b <= a; b++) add((g + a) * MOTIONS + k, (g + b) * MOTIONS + k, STIFFNESS * bend[a] * bend[b]);
        }
      }
    }
    // Only differences are measured: where the path begins is open.
    for (let r = 0; r < this.#groups * MOTIONS; r++) add(r, r, 1e-6);
    factorizeBanded(matrix);
    solveBanded(matrix, right);
  }

  #bending(): number {
    const c = this.#coefficients;
    let sum = 0;
    for (let at = 0; at + 2 * MOTIONS < c.length; at++) {
      sum += STIFFNESS * (c[at] - 2 * c[at + MOTIONS] + c[at + 2 * MOTIONS]) ** 2;
    }
    return sum;
  }
}

/**
 * For each line of the picture, what the four motions of its own moment add to the eight parameters of the least-squares fit over all lines:
 * 8 × 4 numbers.
 */
function lineProjections(size: Size, { axis, perspective, profile }: ReadoutSplineOptions): Float64Array[] {
  const radius = parameterRadius(size);
  const along = axis === 'rows' ? size.height : size.width;
  const across = axis === 'rows' ? size.width : size.height;
  const weights = Array.from({ length: LINES }, (_, line) => {
    const off = ((line + 0.5) / LINES - 0.5 - profile[0]) / profile[1];
    return Math.exp(-0.5 * off * off);
  });
  const fields: Float64Array[][] = [];
  const normal = new Float64Array(64);
  for (let line = 0; line < LINES; line++) {
    const own: Float64Array[] = [];
    for (let k = 0; k < ACROSS; k++) {
      const s = (((line + 0.5) / LINES - 0.5) * along) / radius;
      const t = (((k + 0.5) / ACROSS - 0.5) * across) / radius;
      const field = axis === 'rows' ? parameterFields(t, s) : parameterFields(s, t);
      own.push(field);
      for (let i = 0; i < 8; i++) {
        for (let j = 0; j < 8; j++)
          normal[i * 8 + j] += weights[line] * (field[i] * field[j] + field[8 + i] * field[8 + j]);
      }
    }
    fields.push(own);
  }
  return fields.map((own, line) => {
    const right = new Float64Array(8 * MOTIONS);
    for (const field of own) {
      for (let k = 0; k < MOTIONS; k++) {
        const turned = k < 2 ? perspective[k] : 0;
        const x = field[k] + turned * field[6 + (k & 1)];
        const y = field[8 + k] + turned * field[14 + (k & 1)];
        for (let i = 0; i < 8; i++) right[i * MOTIONS + k] += weights[line] * (field[i] * x + field[8 + i] * y);
      }
    }
    return solved(normal, right);
  });
}

/** X of the 8 × 8 system A X = B with four right sides; A is positive definite. */
function solved(a: Float64Array, b: Float64Array): Float64Array {
  const m = a.slice();
  const x = b.slice();
  for (let p = 0; p < 8; p++) {
    for (let r = 0; r < 8; r++) {
      if (r === p) continue;
      const f = m[r * 8 + p] / m[p * 8 + p];
      for (let c = 0; c < 8; c++) m[r * 8 + c] -= f * m[p * 8 + c];
      for (let c = 0; c < MOTIONS; c++) x[r * MOTIONS + c] -= f * x[p * MOTIONS + c];
    }
  }
  for (let r = 0; r < 8; r++) for (let c = 0; c < MOTIONS; c++) x[r * MOTIONS + c] /= m[r * 8 + r];
  return x;
}
