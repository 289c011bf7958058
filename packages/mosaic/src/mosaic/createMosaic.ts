import { availableParallelism } from 'node:os';
import { type AssignmentResult, createAssignment } from '@gimbal/assignment';
import {
  type DeviceName,
  type Frame,
  GimbalError,
  type Homography,
  type HostFrame,
  type PixelFormat,
  type Size,
  throwIfAborted,
} from '@gimbal/core';
import { loadAddon, planesOf, shiftsOf } from '../addon.js';
import { type Colour, colourHandle } from '../colour.js';
import type { TileSet } from '../tiles/tileSet.js';
import { turnedTiles } from '../tiles/turnedTiles.js';
import { type CellGrid, cellGrid } from './cellGrid.js';
import { CellMemory } from './cellMemory.js';
import { CellPictures } from './cellPictures.js';
import { type MosaicLook, type MosaicPreset, mosaicLook } from './mosaicLook.js';
import { featureScale, type TileCost } from './tileCost.js';

/** What a mosaic is made of, and of what film. */
export interface MosaicOptions extends Partial<MosaicLook> {
  readonly tiles: TileSet;
  readonly grid: { readonly cols: number; readonly rows: number };
  /** Of the frames that will come. */
  readonly size: Size;
  readonly format: PixelFormat;
  /** The stream's tags; BT.709 or BT.601 in limited range, as the size suggests, unless told. */
  readonly colour?: Colour | undefined;
  readonly preset?: MosaicPreset | undefined;
  readonly cost?: TileCost | undefined;
  /** Degrees, clockwise, by which a player turns the film (0, 90, 180, 270): tiles are turned the other way, so that they stand upright. */
  readonly rotation?: number | undefined;
  readonly threads?: number | undefined;
  /** Where tiles are assigned: `cpu` unless told; the tiles are the same on a CUDA device. */
  readonly device?: DeviceName | undefined;
}

/** Options of one frame. */
export interface MosaicFrameOptions {
  /** How the camera moved since the frame before (previous to current, full-resolution pixels): tiles travel with it, in whole cells. */
  readonly motion?: Homography | undefined;
  /** Whether a new shot begins; found from the cells unless told. */
  readonly cut?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was done with a frame. */
export interface MosaicFrame {
  /** The tile of every cell, row by row. The caller's own copy. */
  readonly tiles: Int32Array;
  /** Cells whose tile is another one than in the frame before. */
  readonly changed: number;
  /** Of these, cells whose content did not change. */
  readonly changedStill: number;
  /** Cells whose content did not change. */
  readonly still: number;
  readonly cut: boolean;
  /** The frame has the content of the one before: nothing was assigned anew. */
  readonly repeated: boolean;
  /** Share of its total distance by which the assignment may miss the least possible. */
  readonly gap: number;
  /** Mean distance of cells and their tiles: Oklab, root mean square over the parts. */
  readonly distance: number;
  readonly milliseconds: { readonly features: number; readonly assignment: number; readonly picture: number };
}

/** Turns frames of a film into mosaics, one after the other. */
export interface Mosaic {
  readonly grid: CellGrid;
  readonly look: MosaicLook;
  /** Frame memories that `render` takes. */
  readonly memory: readonly Frame['memory'][];
  /**
   * Fills `target` with the mosaic of `source`; both have the size and format of the options. Closes neither. Frames are taken in turn.
   * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT`, `GIMBAL_E_CANCELLED`.
   */
  render(source: Frame, target: Frame, options?: MosaicFrameOptions): Promise<MosaicFrame>;
}

/**
 * A mosaic of a film: every cell of every frame shows the tile of an assignment that is the best one to within `gap`, with a price on
 * leaving one's tile, so that what does not move does not flicker.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT`: too few tiles for the grid (the message says which numbers help), a grid finer than the
 * picture, options out of range; `GIMBAL_E_ADDON`.
 */
export async function createMosaic(options: MosaicOptions): Promise<Mosaic> {
  const { tiles, size, format, cost } = options;
  const look = mosaicLook(options.preset, options);
  const grid = cellGrid(options.grid.cols, options.grid.rows, size, format);
  const cells = grid.cols * grid.rows;
  const parts = look.detail ** 2;
  const scale = featureScale(look.detail);
  const threads = options.threads ?? availableParallelism();
  checkEnough(tiles.count, look.reuse, grid);
  const colour = options.colour ?? { primaries: 2, transfer: 2, matrix: 2, fullRange: false };
  const handle = colourHandle(colour, size, format.bitDepth);
  const addon = loadAddon();

  const shape = [
    grid.cell.width,
    grid.cell.height,
    format.chroma ? Math.ceil(grid.cell.width / (1 << format.chromaShiftX)) : 0,
    format.chroma ? Math.ceil(grid.cell.height / (1 << format.chromaShiftY)) : 0,
    format.bitDepth > 8 ? 2 : 1,
  ] as const;
  const samples = new Uint8Array(tiles.count * (shape[0] * shape[1] + 2 * shape[2] * shape[3]) * shape[4]);
  const tileFeatures = new Int16Array(tiles.count * parts * 3);
  const tileMeans = new Int32Array(tiles.count * 3);
  await addon.layTiles(
    turnedTiles(tiles, options.rotation ?? 0),
    tiles.count,
    tiles.size,
    handle,
    shape,
    look.saturation,
    look.detail,
    samples,
    tileFeatures,
    tileMeans,
    threads,
  );
  const dimensions = cost?.dimensions(look.detail) ?? parts * 3;
  const points = (features: Int16Array, count: number): Int16Array =>
    cost === undefined ? features : cost.points(features, count, look.detail, scale);
  const assignment = createAssignment({
    rows: cells,
    columns: tiles.count,
    capacity: look.reuse,
    columnPoints: { data: points(tileFeatures, tiles.count), dimensions },
    threads,
    device: options.device,
  });
  const memory = new CellMemory(cells);
  const unit = 2 ** (format.bitDepth - 8);
  const black = colour.fullRange ? 0 : 16 * unit;
  const pictures = new CellPictures(cells, look, { black, bitDepth: format.bitDepth }, tileMeans);
  const native = [black, 2 ** format.bitDepth - 1, Math.round(256 * look.veil)] as const;
  const features = new Int16Array(cells * parts * 3);
  const means = new Int32Array(cells * 3);
  const price = look.stay * scale ** 2 * (parts / 9);
  let distance = 0;
  let gap = 0;

  const assign = async (time: number, cut: boolean, options: MosaicFrameOptions): Promise<AssignmentResult> => {
    memory.prepareStay(grid, price, time, options.motion);
    const stay = { columns: memory.stayColumns, penalties: memory.stayPenalties };
    return assignment.solve(points(features, cells), {
      gap: look.gap,
      restart: cut,
      ...(!cut && look.stay > 0 && { stay }),
      signal: options.signal,
    });
  };

  const renderOnce = async (source: Frame, target: Frame, options: MosaicFrameOptions): Promise<MosaicFrame> => {
    throwIfAborted(options.signal);
    const [from, to] = [checkedFrame(source, size, format), checkedFrame(target, size, format)];
    const start = performance.now();
    await addon.cellFeatures(
      planesOf(from),
      shiftsOf(from),
      handle,
      grid.x,
      grid.y,
      look.detail,
      features,
      means,
      threads,
    );
    const seen = memory.compare(features, parts, scale);
    const cut = options.cut ?? seen.cut;
    const featured = performance.now();
    let changed = 0;
    let changedStill = 0;
    const before = memory.tile.slice();
    if (!seen.repeated || memory.tile[0] < 0) {
      const answer = await assign(source.time, cut || memory.tile[0] < 0, options);
      changed = memory.take(answer.columns, source.time);
      gap = answer.gap;
      distance = Math.sqrt((answer.cost - answer.penalties) / cells / parts) / scale;
      for (let i = 0; i < cells; i++) if (memory.still[i] === 1 && before[i] !== memory.tile[i]) changedStill++;
    }
    const assigned = performance.now();
    pictures.next(memory.tile, means, cut);
    await addon.compose(
      planesOf(from),
      planesOf(to),
      shiftsOf(to),
      grid.x,
      grid.y,
      samples,
      tiles.count,
      shape,
      native,
      pictures.numbers,
      threads,
    );
    return {
      tiles: memory.tile.slice(),
      changed,
      changedStill,
      still: memory.still.reduce((sum, one) => sum + one, 0),
      cut,
      repeated: seen.repeated,
      gap,
      distance,
      milliseconds: {
        features: featured - start,
        assignment: assigned - featured,
        picture: performance.now() - assigned,
      },
    };
  };

  let last: Promise<unknown> = Promise.resolve();
  return {
    grid,
    look,
    memory: ['host'],
    render(source, target, frameOptions = {}) {
      const answer = last.then(() => renderOnce(source, target, frameOptions));
      last = answer.catch(() => {});
      return answer;
    },
  };
}

function checkEnough(tiles: number, reuse: number, { cols, rows }: CellGrid): void {
  const cells = cols * rows;
  if (tiles * reuse >= cells) return;
  const side = Math.sqrt((tiles * reuse) / cells);
  const smaller = `${Math.max(1, Math.floor(cols * side))}x${Math.max(1, Math.floor(rows * side))}`;
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `${cols}×${rows} cells need ${cells} tiles, and ${tiles} tiles used ${reuse === 1 ? 'once' : `${reuse} times`} each are ${tiles * reuse}. ` +
      `A reuse of ${Math.ceil(cells / tiles)} would do, a grid of ${smaller}, or ${Math.ceil(cells / reuse)} tiles.`,
  );
}

function checkedFrame(frame: Frame, { width, height }: Size, format: PixelFormat): HostFrame {
  if (frame.memory !== 'host') {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      'A mosaic takes frames in host memory; this one lies on a device.',
    );
  }
  if (frame.width === width && frame.height === height && frame.format.name === format.name) return frame;
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `This mosaic takes frames of ${width}×${height} ${format.name}, received ${frame.width}×${frame.height} ${frame.format.name}.`,
  );
}
