import { stat } from 'node:fs/promises';
import { type Estimator, type Frame, globalHomography, type SourceWarning } from '@gimbal/core';
import { createClassicalEstimator } from '@gimbal/cuda-classical';
import {
  type CellGrid,
  createMosaic,
  createTileSet,
  generateTiles,
  type MosaicFrame,
  type MosaicFrameOptions,
  squareCells,
  type TileSet,
} from '@gimbal/mosaic';
import { cudaBridge } from '@gimbal/native';
import { createVideoSink, openVideo, type VideoInfo } from '@gimbal/video';
import { receiveInput } from '../clip/receiveInput.js';
import type { OnProgress } from '../progress.js';
import { loadTileCost } from './loadTileCost.js';
import type { MosaicSettings } from './mosaicSettings.js';

/** What a finished mosaic knows of itself. */
export interface MosaicRun {
  readonly input: string;
  readonly output: string;
  readonly grid: { readonly cols: number; readonly rows: number };
  readonly tiles: Pick<TileSet, 'count' | 'skipped' | 'duplicates'>;
  /** Tiles that were seen at all. */
  readonly tilesShown: number;
  /** Without its tiles; frame by frame. */
  readonly frames: readonly Omit<MosaicFrame, 'tiles' | 'milliseconds'>[];
  readonly seconds: {
    readonly tiles: number;
    readonly motion: number;
    readonly features: number;
    readonly assignment: number;
    readonly picture: number;
    /** From the first frame to the finished file. */
    readonly total: number;
  };
  /** Of the files; absent where there is none, as for a pipe, a URL or a sequence of pictures. */
  readonly bytes: { readonly input?: number | undefined; readonly output?: number | undefined };
  readonly warnings: readonly SourceWarning[];
  readonly notes: readonly string[];
}

interface MosaicFiles {
  readonly input: string;
  readonly output: string;
}

/** About as many cells as a picture can be recognised by. */
const USUAL_CELLS = 2304;

/**
 * Makes a mosaic of a film, with the sound, time stamps and everything else of the input. The output appears only when it is complete.
 * Input and output may be `-` for the standard streams; a pipe that comes in is kept in a temporary file meanwhile.
 * @throws GimbalError what `openVideo`, `createTileSet`, `createMosaic` and `createVideoSink` throw; `GIMBAL_E_CANCELLED`.
 */
export async function mosaicRun(
  { input, output }: MosaicFiles,
  settings: MosaicSettings,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<MosaicRun> {
  const received = await receiveInput(input, { signal, onProgress });
  try {
    const run = await mosaicOfFile({ input: received.file, output }, settings, onProgress, signal);
    const warnings = run.warnings.map((one) => ({ ...one, message: received.retold(one.message) }));
    return { ...run, input, warnings, notes: [...received.notes, ...run.notes.map(received.retold)] };
  } catch (error) {
    throw received.retoldError(error);
  } finally {
    await received.remove();
  }
}

async function mosaicOfFile(
  { input, output }: MosaicFiles,
  settings: MosaicSettings,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<MosaicRun> {
  const { threads } = settings;
  const closing: (() => unknown)[] = [];
  try {
    const source = await openVideo(input, { signal, threads, cuda: cudaBridge });
    closing.push(() => source.close());
    const { overwrite = false, codec, crf, encoderPreset: preset } = settings;
    const sink = createVideoSink(output, { source, overwrite, codec, crf, preset, threads });
    closing.push(() => sink.abort());
    const cost = settings.cost === undefined ? undefined : await loadTileCost(settings.cost);
    const begun = performance.now();
    const tiles = await tilesFor(settings, onProgress, signal);
    const { info } = source;
    const mosaic = await createMosaic({
      ...settings,
      tiles,
      cost,
      grid: codedGrid(settings.grid, info),
      size: info,
      format: info.format,
      colour: { ...info.stream.color, fullRange: info.fullRange },
      rotation: info.stream.rotation,
    });
    const tiled = performance.now();
    const estimator =
      settings.carry === true
        ? await createClassicalEstimator({ device: 'cpu', ...(threads !== undefined && { threads }) })
        : undefined;
    closing.push(() => estimator?.dispose?.());
    await sink.open(info);
    const frames: MosaicRun['frames'][number][] = [];
    const shown = new Set<number>();
    const spent = { motion: 0, features: 0, assignment: 0, picture: 0 };
    let earlier: Frame | undefined;
    closing.push(() => earlier?.close());
    for await (const frame of source.frames({ signal })) {
      try {
        const start = performance.now();
        const step = await motionOf(estimator, earlier, frame, signal);
        spent.motion += performance.now() - start;
        const target = await sink.allocate(frame);
        const { tiles: assigned, milliseconds, ...what } = await mosaic.render(frame, target, { ...step, signal });
        for (const tile of assigned) shown.add(tile);
        for (const part of ['features', 'assignment', 'picture'] as const) spent[part] += milliseconds[part];
        frames.push(what);
        await sink.write(target);
        onProgress({ stage: 'mosaic', done: frames.length, total: info.frameCount });
      } finally {
        earlier?.close();
        earlier = estimator === undefined ? undefined : frame.clone();
        frame.close();
      }
    }
    await sink.finish();
    const ended = performance.now();
    return {
      input,
      output,
      grid: shownGrid(mosaic.grid, info),
      tiles: { count: tiles.count, skipped: tiles.skipped, duplicates: tiles.duplicates },
      tilesShown: shown.size,
      frames,
      seconds: {
        tiles: (tiled - begun) / 1000,
        motion: spent.motion / 1000,
        features: spent.features / 1000,
        assignment: spent.assignment / 1000,
        picture: spent.picture / 1000,
        total: (ended - tiled) / 1000,
      },
      bytes: { input: await sizeOf(input), output: await sizeOf(output) },
      warnings: source.warnings,
      notes: [...info.notes, ...sink.notes],
    };
  } finally {
    // How the run itself went matters more than whether everything could be put away.
    for (const close of closing.reverse()) await (async () => close())().catch(() => undefined);
  }
}

function tilesFor(
  { tiles, variants, seed }: MosaicSettings,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<TileSet> {
  if (tiles === undefined) return Promise.resolve(generateTiles({ seed }));
  return createTileSet(tiles, {
    variants,
    signal,
    onProgress: (done, total) => onProgress({ stage: 'tiles', done, total }),
  });
}

async function motionOf(
  estimator: Estimator | undefined,
  earlier: Frame | undefined,
  frame: Frame,
  signal: AbortSignal,
): Promise<MosaicFrameOptions> {
  if (estimator === undefined || earlier === undefined) return {};
  const field = await estimator.estimate(earlier, frame, { signal });
  if (field.verdict === 'cut') return { cut: true };
  return field.verdict === 'ok' ? { motion: globalHomography(field) } : {};
}

const sideways = ({ stream }: VideoInfo): boolean => Math.abs(Math.round(stream.rotation / 90)) % 2 === 1;

/** The grid over the picture as it is coded, which a player may turn. */
function codedGrid(grid: MosaicSettings['grid'], info: VideoInfo): { readonly cols: number; readonly rows: number } {
  if (grid === undefined) return squareCells(USUAL_CELLS, info);
  return sideways(info) ? { cols: grid.rows, rows: grid.cols } : grid;
}

function shownGrid({ cols, rows }: CellGrid, info: VideoInfo): { readonly cols: number; readonly rows: number } {
  return sideways(info) ? { cols: rows, rows: cols } : { cols, rows };
}

async function sizeOf(file: string): Promise<number | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}
