// Measures wobble and left-over shake of one clip on points that are tracked through it.
import type { Homography, Size } from '@gimbal/core';
import { applyHomography } from '@gimbal/core/geometry';
import { type CornerJitter, cornerJitter } from '../cornerJitter.js';
import type { MotionStep } from '../evaluate/motionStep.js';
import type { LumaImage } from '../image/lumaImage.js';
import { quantile } from '../quantile.js';
import { cornerPoints } from '../tracking/cornerPoints.js';
import { type ImagePyramid, imagePyramid } from '../tracking/imagePyramid.js';
import { robustHomography } from '../tracking/robustHomography.js';
import { trackPoints } from '../tracking/trackPoints.js';
import { CELL_COLUMNS, CELL_ROWS, CELLS, type CellMotion, cellMotion } from './cellMotion.js';
import { LineShare } from './lineShare.js';
import { signedRoot } from './signedRoot.js';
import { BANDS, bandEnergies, SPECTRUM_FRAMES, SPECTRUM_HOP } from './spectrumBands.js';

/** Levels of the pyramid that points are tracked through: motions of up to 100 px a frame. */
const LEVELS = 5;
/** A step in which the picture changes by less than this share of the usual repeats it. */
const REPEAT = 0.12;
/** Largest change of a cell's motion that is believed, pixels. */
const FARTHEST = 4;
/** A cell counts when it is seen in so large a share of the steps; with fewer cells there is no answer. */
const SEEN = 0.15;
const FEWEST_CELLS = 8;
/** Share of a spectrum's frames that may be filled in from their neighbours. */
const GAPS = 0.15;

/** Displacement in each of the bands 0.5–1.5, 1.5–4, 4–8 and 8–15 Hz, RMS in pixels at 640 wide; `null` beyond half the frame rate. */
export type BandDisplacement = readonly (number | null)[];

/** How parts of the picture move against each other. Pixels at 640 wide; `null` where too little could be tracked. */
export interface Wobble {
  /** Change of local motion from one step to the next, RMS over cells and frames, and in the tenth of the cells where it is greatest. */
  readonly hf: number | null;
  readonly hfP90: number | null;
  /** Share of its energy that moves row by row, as a rolling shutter does; and column by column, which only noise does. */
  readonly rowShare: number | null;
  readonly columnShare: number | null;
  /** Of the local motion. */
  readonly bands: BandDisplacement | null;
}

/** What tracks of a clip say. */
export interface TrackedClip {
  readonly wobble: Wobble;
  /** Of the motion of the whole picture. */
  readonly steadiness: { readonly bands: BandDisplacement | null };
  /** Of the motion that the tracks follow: a second opinion that shares nothing with any estimator. */
  readonly secondJitter: CornerJitter;
}

/** What is said of a clip through which nothing was tracked. */
export const untracked: TrackedClip = {
  wobble: { hf: null, hfP90: null, rowShare: null, columnShare: null, bands: null },
  steadiness: { bands: null },
  secondJitter: { status: 'too-short' },
};

interface Step {
  readonly h: Homography;
  readonly cells: CellMotion;
  readonly change: number;
}

/**
 * Measures local motion from tracks of corners: what a homography explains is taken away, what the two halves of a cell agree on is counted, so that
 * noise, which they do not share, cancels.
 */
export class WobbleMeter {
  readonly #steps: (Step | 'cut' | 'lost')[] = [];
  #previous: { readonly image: LumaImage; readonly pyramid: ImagePyramid } | undefined;

  #size: Size = { width: 640, height: 360 };

  /** @param frameRate In Hz. */
  constructor(private readonly frameRate: number) {}

  /** @param image The next frame's luma, best 640 wide or as wide as the clip where that is less; all of one size. @param cut Whether it begins another shot. */
  take(image: LumaImage, cut: boolean): void {
    const pyramid = imagePyramid(image, LEVELS);
    const previous = this.#previous;
    this.#previous = { image, pyramid };
    this.#size = { width: image.width, height: image.height };
    if (previous === undefined) return;
    this.#steps.push(cut ? 'cut' : this.#measure(previous, image, pyramid));
  }

  #measure(
    previous: { image: LumaImage; pyramid: ImagePyramid },
    image: LumaImage,
    pyramid: ImagePyramid,
  ): Step | 'lost' {
    const points = cornerPoints(previous.image);
    const tracked = trackPoints(previous.pyramid, pyramid, points);
    const h = robustHomography(points, tracked);
    if (h === undefined) return 'lost';
    let change = 0;
    for (let at = 0; at < image.data.length; at++) change += Math.abs(image.data[at] - previous.image.data[at]);
    return { h, cells: cellMotion(points, tracked, h, this.#size), change: change / image.data.length };
  }

  /** The motion of the whole picture from each frame to the next, as far as it was tracked, in pixels of the frames that were taken. */
  motion(): MotionStep[] {
    return this.#steps.map((step) => (typeof step === 'string' ? step : step.h));
  }

  /** Pixels at 640 wide to a pixel of the frames. */
  get #unit(): number {
    return 640 / this.#size.width;
  }

  finish(): TrackedClip {
    const bands = this.#bands();
    return {
      wobble: { ...this.#fast(), bands: bands.local },
      steadiness: { bands: bands.global },
      secondJitter: scaled(cornerJitter(this.motion(), this.#size), this.#unit),
    };
  }

  /** The steps of which the one before and the one after are no repeats: a repeat doubles the step after it. */
  #even(): boolean[] {
    const changes = this.#steps.flatMap((step) => (typeof step === 'string' ? [] : [step.change]));
    const usual = changes.length === 0 ? 0 : quantile(changes, 0.5);
    const repeats = this.#steps.map((step) => typeof step !== 'string' && step.change < REPEAT * usual);
    return repeats.map((_, t) => !(repeats[t - 1] || repeats[t] || repeats[t + 1]));
  }

  #fast(): Omit<Wobble, 'bands'> {
    const { bands: _, ...nothing } = untracked.wobble;
    const even = this.#even();
    const energies = new Float64Array(CELLS);
    const counts = new Float64Array(CELLS);
    const rows = new LineShare('row');
    const columns = new LineShare('column');
    let pairs = 0;
    for (let t = 0; t + 1 < this.#steps.length; t++) {
      const [first, second] = [this.#steps[t], this.#steps[t + 1]];
      if (typeof first === 'string' || typeof second === 'string' || !even[t] || !even[t + 1]) continue;
      pairs++;
      const [a, b] = [0, 1].map((half) =>
        second.cells.halves[half].map((value, k) =>
          Math.min(Math.max(value - first.cells.halves[half][k], -FARTHEST), FARTHEST),
        ),
      );
      const seen: number[] = [];
      for (let cell = 0; cell < CELLS; cell++) {
        const energy = a[2 * cell] * b[2 * cell] + a[2 * cell + 1] * b[2 * cell + 1];
        if (!Number.isFinite(energy)) continue;
        energies[cell] += energy;
        counts[cell]++;
        seen.push(cell);
      }
      rows.add(a, b, seen);
      columns.add(a, b, seen);
    }
    const visible = Array.from(counts.keys()).filter((cell) => counts[cell] > SEEN * pairs);
    if (pairs < 2 || visible.length < FEWEST_CELLS) return nothing;
    const sum = (values: Float64Array): number => visible.reduce((total, cell) => total + values[cell], 0);
    const mean = sum(energies) / sum(counts);
    const perCell = visible.map((cell) => energies[cell] / counts[cell]);
    const share = (energy: number): number | null => (mean > 0 ? Math.min(1, energy / mean) : null);
    return {
      hf: this.#unit * signedRoot(mean),
      hfP90: this.#unit * signedRoot(quantile(perCell, 0.9)),
      rowShare: share(rows.energy),
      columnShare: share(columns.energy),
    };
  }

  #bands(): { local: BandDisplacement | null; global: BandDisplacement | null } {
    const local = new Float64Array(BANDS.length);
    const global = new Float64Array(BANDS.length);
    const visible = new Set<number>();
    let spectra = 0;
    let windows = 0;
    const add = (sums: Float64Array, more: Float64Array): void => {
      for (let k = 0; k < sums.length; k++) sums[k] += more[k];
    };
    for (let from = 0; from + SPECTRUM_FRAMES <= this.#steps.length; from += SPECTRUM_HOP) {
      const part = this.#steps.slice(from, from + SPECTRUM_FRAMES);
      if (part.includes('cut')) continue;
      const series = (pick: (step: Step) => number): Float64Array | undefined =>
        filled(part.map((step) => (typeof step === 'string' ? Number.NaN : pick(step))));
      let whole = true;
      const own = new Float64Array(BANDS.length);
      for (let cell = 0; cell < CELLS; cell++) {
        const [x, y] = centre(cell, this.#size);
        for (const axis of [0, 1] as const) {
          const moved = series(({ h }) => applyHomography(h, x, y)[axis] - [x, y][axis]);
          if (moved === undefined) whole = false;
          else add(own, bandEnergies(moved, moved, this.frameRate));
        }
        const halves = [0, 1].flatMap((axis) =>
          [0, 1].map((half) => series(({ cells }) => cells.halves[half][2 * cell + axis])),
        );
        if (halves.some((half) => half === undefined)) continue;
        const [ax, bx, ay, by] = halves as Float64Array[];
        add(local, bandEnergies(ax, bx, this.frameRate));
        add(local, bandEnergies(ay, by, this.frameRate));
        visible.add(cell);
        spectra++;
      }
      if (!whole) continue;
      add(
        global,
        own.map((value) => value / CELLS),
      );
      windows++;
    }
    const displacement = (sums: Float64Array, count: number): BandDisplacement =>
      Array.from(sums, (sum, k) => (BANDS[k][0] >= this.frameRate / 2 ? null : this.#unit * signedRoot(sum / count)));
    return {
      local: visible.size < FEWEST_CELLS ? null : displacement(local, spectra),
      global: windows === 0 ? null : displacement(global, windows),
    };
  }
}

function scaled(jitter: CornerJitter, unit: number): CornerJitter {
  if (jitter.status !== 'measured') return jitter;
  return { ...jitter, median: unit * jitter.median, rms: unit * jitter.rms };
}

function centre(cell: number, { width, height }: Size): [number, number] {
  return [
    (((cell % CELL_COLUMNS) + 0.5) / CELL_COLUMNS) * width - 0.5,
    ((Math.floor(cell / CELL_COLUMNS) + 0.5) / CELL_ROWS) * height - 0.5,
  ];
}

/** Short gaps closed by straight lines; nothing where there are too many. */
function filled(values: readonly number[]): Float64Array | undefined {
  const known = values.flatMap((value, t) => (Number.isFinite(value) ? [t] : []));
  if (known.length < (1 - GAPS) * values.length) return undefined;
  let next = 0;
  return Float64Array.from(values, (value, t) => {
    if (Number.isFinite(value)) return value;
    while (next < known.length && known[next] < t) next++;
    const after = known[Math.min(next, known.length - 1)];
    const before = known[Math.max(0, next - 1)];
    const share = after === before ? 0 : (t - before) / (after - before);
    return values[before] + Math.min(Math.max(share, 0), 1) * (values[after] - values[before]);
  });
}
