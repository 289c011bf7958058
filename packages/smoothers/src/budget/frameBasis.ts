// How the parameters of a frame depend on the unknowns: on its own ones, or on the coefficients of a spline.
import { PARAMETERS_PER_FRAME } from '@gimbal/core';
import type { BandedMatrix } from '../solver/bandedCholesky.js';

const SIZE = PARAMETERS_PER_FRAME;

/** How the eight parameters of one frame depend, linearly, on the unknowns of an optimization. */
export interface FrameBasis {
  /** Fills `out` with the parameters of frame `i`. */
  evaluate(unknowns: Float64Array, i: number, out: Float64Array): void;
  /** Adds the transpose's image of an 8-vector of frame `i`. */
  addVector(unknowns: Float64Array, i: number, v: Float64Array): void;
  /** Adds the image of a symmetric 8×8 block of frame `i`, of which the lower half is given. */
  addBlock(matrix: BandedMatrix, i: number, block: Float64Array): void;
}

/** The unknowns are the parameters of every frame themselves. */
export const everyFrame: FrameBasis = {
  evaluate(unknowns, i, out) {
    for (let j = 0; j < SIZE; j++) out[j] = unknowns[i * SIZE + j];
  },
  addVector(unknowns, i, v) {
    for (let j = 0; j < SIZE; j++) unknowns[i * SIZE + j] += v[j];
  },
  addBlock({ entries, halfBandwidth }, i, block) {
    for (let j = 0; j < SIZE; j++) {
      const entry = (i * SIZE + j) * (halfBandwidth + 1) + halfBandwidth - j;
      for (let l = 0; l <= j; l++) entries[entry + l] += block[j * SIZE + l];
    }
  },
};
