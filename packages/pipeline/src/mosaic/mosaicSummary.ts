import type { MosaicRun } from './mosaicRun.js';

/** A finished mosaic in plain values. */
export interface MosaicSummary {
  readonly input: string;
  readonly output: string;
  readonly frames: number;
  readonly grid: { readonly cols: number; readonly rows: number };
  readonly tiles: MosaicRun['tiles'] & { readonly shown: number };
  /** Share of the cells whose tile is another one than in the frame before; the mean over frames that are neither first nor after a cut. */
  readonly churn: number;
  /** The same among cells whose content did not change. */
  readonly needlessChurn: number;
  /** Share of the cells whose content did not change. */
  readonly still: number;
  readonly cuts: number;
  readonly repeatedFrames: number;
  /** Share of its total distance by which an assignment may miss the least possible. */
  readonly gap: { readonly median: number; readonly worst: number };
  /** Of cells and their tiles: Oklab, root mean square over the parts; the mean over all frames. */
  readonly distance: number;
  readonly seconds: MosaicRun['seconds'];
  readonly framesPerSecond: number;
  readonly bytes: MosaicRun['bytes'];
  /** For each frame how many cells changed. */
  readonly changed: readonly number[];
  readonly warnings: MosaicRun['warnings'];
  readonly notes: readonly string[];
}

/** Counts what a run did. */
export function mosaicSummary(run: MosaicRun): MosaicSummary {
  const { frames, grid } = run;
  const cells = grid.cols * grid.rows;
  const going = frames.filter(({ cut }, k) => k > 0 && !cut);
  const sum = (of: (frame: MosaicRun['frames'][number]) => number): number =>
    going.reduce((total, frame) => total + of(frame), 0);
  const gaps = frames.map(({ gap }) => gap).sort((a, b) => a - b);
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  return {
    input: run.input,
    output: run.output,
    frames: frames.length,
    grid,
    tiles: { ...run.tiles, shown: run.tilesShown },
    churn: share(
      sum(({ changed }) => changed),
      going.length * cells,
    ),
    needlessChurn: share(
      sum(({ changedStill }) => changedStill),
      sum(({ still }) => still),
    ),
    still: share(
      sum(({ still }) => still),
      going.length * cells,
    ),
    cuts: frames.filter(({ cut }, k) => cut && k > 0).length,
    repeatedFrames: frames.filter(({ repeated }) => repeated).length,
    gap: { median: gaps[gaps.length >> 1] ?? 0, worst: gaps.at(-1) ?? 0 },
    distance: share(
      frames.reduce((total, { distance }) => total + distance, 0),
      frames.length,
    ),
    seconds: run.seconds,
    framesPerSecond: share(frames.length, run.seconds.total),
    bytes: run.bytes,
    changed: frames.map(({ changed }) => changed),
    warnings: run.warnings,
    notes: run.notes,
  };
}
