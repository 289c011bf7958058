// A plan as JSON, and back.
import { GimbalError } from '../errors.js';
import type { Size } from '../frame/frame.js';
import { homographyArray } from '../geometry/homographyArray.js';
import { exactNumbers } from '../motion/jsonNumbers.js';
import { READOUT_NODES, type ReadoutMotion } from '../shutter/rollingShutter.js';
import { checkRollingShutter } from '../shutter/rollingShutterRecord.js';
import type { RenderPlan } from './planCorrections.js';

const FORMAT = 'gimbal-plan';
const VERSION = 1;
/** Of a frame; and those of its readout, where that is corrected. */
const NUMBERS = 22;
const READOUT = READOUT_NODES.length * 8;
const BORDERS = ['crop', 'black', 'replicate', 'mirror'] as const;

/**
 * A plan as a JSON document, one frame a line: `{ format, version, size, output, border, budget, shots, frames }`, each frame a list of 22
 * numbers: its time in seconds; nine of the warp (output pixel → source pixel), nine of the correction alone, both row-major; scale, centre
 * x and centre y of the window; 40 more where a rolling shutter is corrected (see ReadoutMotion). Every double comes back bit for bit.
 * @throws GimbalError `GIMBAL_E_MOTION_FILE` for a plan that does not hold together, so that what is written can be read again.
 */
export function serializePlan({
  size,
  times,
  output,
  border,
  budget,
  shots,
  warps,
  corrections,
  windows,
  rollingShutter,
  readouts,
}: RenderPlan): string {
  if ([warps, corrections, windows].some(({ length }) => length !== times.length)) {
    throw broken(`${times.length} times need as many warps, corrections and windows`);
  }
  const sizeOf = ({ width, height }: Size) => ({ width, height });
  const kept = { ...budget, size: sizeOf(budget.size) };
  const head = {
    format: FORMAT,
    version: VERSION,
    size: sizeOf(size),
    output: sizeOf(output),
    border,
    budget: kept,
    shots: shots.map(({ start, end }) => ({ start, end })),
    ...(rollingShutter !== undefined && { rollingShutter: checkRollingShutter(rollingShutter) }),
  };
  const frames = windows.map(({ scale, centreX, centreY }, i) => {
    const numbers = [times[i], ...warps[i], ...corrections[i], scale, centreX, centreY, ...(readouts?.[i] ?? [])];
    if (!numbers.every(Number.isFinite)) throw broken(`frame ${i} has a number that is not finite`);
    return exactNumbers(numbers);
  });
  return `${JSON.stringify(head).slice(0, -1)},"frames":[\n${frames.join(',\n')}\n]}\n`;
}

/**
 * Reads what {@link serializePlan} wrote.
 * @throws GimbalError `GIMBAL_E_MOTION_FILE` for anything that is not a complete plan of this version, saying what is wrong.
 */
export function parsePlan(text: string): RenderPlan {
  const { format, version, size, output, border, budget, shots, frames, rollingShutter } = objectOf(parseJson(text));
  if (format !== FORMAT || version !== VERSION) {
    throw broken(
      `it must have "format": "${FORMAT}" and "version": ${VERSION}, not ${JSON.stringify(format)} and ${JSON.stringify(version)}`,
    );
  }
  if (!BORDERS.some((one) => one === border)) throw broken(`"border" must be one of ${BORDERS.join(', ')}`);
  if (!Array.isArray(frames) || frames.length === 0) throw broken('"frames" must be a list of at least one frame');
  const [times, windows] = [new Float64Array(frames.length), new Array(frames.length)];
  const readouts = new Array<ReadoutMotion | undefined>(frames.length).fill(undefined);
  const [warps, corrections] = [homographyArray(frames.length), homographyArray(frames.length)];
  for (const [i, numbers] of frames.entries()) {
    const known = Array.isArray(numbers) && (numbers.length === NUMBERS || numbers.length === NUMBERS + READOUT);
    if (!known || !numbers.every(Number.isFinite)) {
      throw broken(`frame ${i} must be a list of ${NUMBERS} numbers, or of ${NUMBERS + READOUT} with its readout`);
    }
    times[i] = numbers[0];
    if (i > 0 && !(times[i] > times[i - 1]))
      throw broken(`times must increase, but frame ${i} is at ${times[i]} after ${times[i - 1]}`);
    warps[i].set(numbers.slice(1, 10));
    corrections[i].set(numbers.slice(10, 19));
    const [scale, centreX, centreY] = numbers.slice(19, NUMBERS);
    windows[i] = { scale, centreX, centreY };
    if (numbers.length > NUMBERS) readouts[i] = Float64Array.from(numbers.slice(NUMBERS));
  }
  return {
    size: sizeAt(size, 'size'),
    times,
    output: sizeAt(output, 'output'),
    border: border as RenderPlan['border'],
    budget: budgetAt(budget),
    shots: shotsAt(shots, frames.length),
    warps,
    corrections,
    windows,
    ...(rollingShutter !== undefined && { rollingShutter: checkRollingShutter(rollingShutter) }),
    ...(readouts.some((readout) => readout !== undefined) && { readouts }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw broken(`it must be JSON; ${(error as Error).message}`, error);
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function sizeAt(value: unknown, name: string): Size {
  const { width, height } = objectOf(value);
  const pixels = (extent: unknown): extent is number => Number.isInteger(extent) && (extent as number) >= 1;
  if (!pixels(width) || !pixels(height)) throw broken(`"${name}" must give a width and a height in whole pixels`);
  return { width, height };
}

function budgetAt(value: unknown): RenderPlan['budget'] {
  const { size, maxCrop, maxDistortion } = objectOf(value);
  const { width, height } = objectOf(size);
  const all = [width, height, maxCrop, maxDistortion];
  if (!all.every((number) => typeof number === 'number' && number >= 0)) {
    throw broken('"budget" must give a size, maxCrop and maxDistortion');
  }
  const [w, h, crop, distortion] = all as number[];
  return { size: { width: w, height: h }, maxCrop: crop, maxDistortion: distortion };
}

/** Shots follow one another through the whole clip. */
function shotsAt(value: unknown, frames: number): RenderPlan['shots'] {
  const shots = Array.isArray(value) ? value.map(objectOf).map(({ start, end }) => ({ start, end })) : [];
  let at = 0;
  for (const { start, end } of shots) {
    if (start !== at || !Number.isInteger(end) || (end as number) <= at)
      throw broken('"shots" must follow one another');
    at = end as number;
  }
  if (at !== frames) throw broken(`"shots" must cover the ${frames} frames`);
  return shots as RenderPlan['shots'];
}

function broken(what: string, cause?: unknown): GimbalError {
  return new GimbalError('GIMBAL_E_MOTION_FILE', `Not a usable plan: ${what}.`, { cause });
}
