// What each cell shows, as the addon takes it.
import { CORRECTION_CAP, type MosaicLook } from './mosaicLook.js';

/** Numbers that the addon takes of a cell: tile, gain, Cb and Cr of what it shows and of what it showed, and the weight of the first. */
export const CELL_NUMBERS = 9;
const FULL = 256;
const UNIT_GAIN = 4096;
/** Frames over which a cell's colour is smoothed: a correction that follows every flicker of the film flickers too. */
const SMOOTHING = 5;
/** Of the smoothed colour: a jump this large, in 8-bit samples, is content and is followed at once. */
const JUMP = 24;
/** Chroma is moved this many 8-bit samples at most. */
const CHROMA_CAP = 20;

/** How samples of a stream count. */
export interface SampleScale {
  readonly black: number;
  readonly bitDepth: number;
}

/** What every cell shows: its tile, the one that it fades from, and the correction of both. */
export class CellPictures {
  /** For the addon's `compose`. */
  readonly numbers: Int32Array;
  readonly #means: Float64Array;
  #begun = false;

  constructor(
    readonly cells: number,
    readonly look: MosaicLook,
    readonly scale: SampleScale,
    /** Mean luma, Cb and Cr of each tile, times 16. */
    readonly tileMeans: Int32Array,
  ) {
    this.numbers = new Int32Array(cells * CELL_NUMBERS);
    this.#means = new Float64Array(cells * 3);
  }

  /** The next frame. @param cut Everything at once: no fade, no smoothing. */
  next(tiles: Int32Array, means: Int32Array, cut: boolean): void {
    const { numbers, look } = this;
    const fresh = cut || !this.#begun;
    this.#begun = true;
    const step = Math.ceil(FULL / (look.fade + 1));
    const jump = JUMP * 16 * 2 ** (this.scale.bitDepth - 8);
    for (let i = 0; i < this.cells; i++) {
      for (let c = 0; c < 3; c++) {
        const at = i * 3 + c;
        const difference = means[at] - this.#means[at];
        this.#means[at] += fresh || Math.abs(difference) > jump ? difference : difference / SMOOTHING;
      }
      const at = i * CELL_NUMBERS;
      const tile = tiles[i];
      if (fresh || look.fade === 0) {
        numbers[at + 4] = tile;
        numbers[at + 8] = FULL;
      } else if (numbers[at] !== tile) {
        // A fade that is cut short goes on from what is seen most of.
        if (numbers[at + 8] >= FULL / 2) numbers[at + 4] = numbers[at];
        numbers[at + 8] = numbers[at + 4] === tile ? FULL : step;
      } else {
        numbers[at + 8] = Math.min(FULL, numbers[at + 8] + step);
      }
      numbers[at] = tile;
      if (numbers[at + 8] >= FULL) numbers[at + 4] = tile;
      this.#correct(i, at);
      if (numbers[at + 8] < FULL) this.#correct(i, at + 4);
    }
  }

  #correct(cell: number, at: number): void {
    const { correct } = this.look;
    const { black, bitDepth } = this.scale;
    const tile = this.numbers[at] * 3;
    const wanted = this.#means[cell * 3] / 16 - black;
    const has = this.tileMeans[tile] / 16 - black;
    const unit = 2 ** (bitDepth - 8);
    const ratio = (Math.max(wanted, 0) + 2 * unit) / (Math.max(has, 0) + 2 * unit);
    const gain = Math.min(CORRECTION_CAP, Math.max(1 / CORRECTION_CAP, ratio)) ** correct;
    this.numbers[at + 1] = Math.round(UNIT_GAIN * gain);
    const cap = CHROMA_CAP * unit;
    for (let c = 1; c < 3; c++) {
      const offset = (this.#means[cell * 3 + c] - this.tileMeans[tile + c]) / 16;
      this.numbers[at + 1 + c] = Math.round(correct * Math.min(cap, Math.max(-cap, offset)));
    }
  }
}
