// A clip's motion as JSON, and back.
import { GimbalError } from '../errors.js';
import type { Size } from '../frame/frame.js';
import { pixelAspectOf } from '../plan/displayProportions.js';
import { isRectifiedClip, READOUT_NUMBERS } from '../shutter/rectifyClip.js';
import type { RectifiedClip } from '../shutter/rollingShutter.js';
import { checkRollingShutter } from '../shutter/rollingShutterRecord.js';
import type { ClipMotion } from './clipMotion.js';
import { exactNumbers } from './jsonNumbers.js';
import { MODELS, type MotionField, motionField, VERDICTS } from './motionField.js';

const FORMAT = 'gimbal-motion';
const VERSION = 1;

/**
 * A clip's motion as a JSON document, one step a line: `{ format, version, estimator, size, times, steps }`, with `pixelAspect` where pixels
 * are not square and `rollingShutter` where somebody looked for one (with `rectified` where
 * it is corrected: a homography a step and forty numbers a frame), each step `{ homographies, confidence, verdict, model }`, a `reason` where there is one and, for a grid, `rows` and `cols`.
 * Every double comes back bit for bit.
 * @throws GimbalError `GIMBAL_E_MOTION_FILE` when the motion does not hold together, so that what is written can be read again.
 */
export function serializeMotion(motion: ClipMotion): string {
  const times = Array.from(motion.times);
  checkSize(motion.size);
  checkTimes(times, motion.steps.length);
  const steps = motion.steps.map((step, i) => {
    const { rows, cols, homographies, confidence, verdict, model, size, reason } = step;
    if (size.width !== motion.size.width || size.height !== motion.size.height) {
      throw broken(
        `step ${i} is for ${size.width}×${size.height} pixels, the clip has ${motion.size.width}×${motion.size.height}`,
      );
    }
    if (!homographies.every(Number.isFinite)) throw broken(`step ${i} has a number that is not finite`);
    const grid = rows === 1 && cols === 1 ? {} : { rows, cols };
    const rest = JSON.stringify({ ...grid, confidence, verdict, model, reason });
    return `{"homographies":${exactNumbers(homographies)},${rest.slice(1)}`;
  });
  const { width, height } = motion.size;
  const pixelAspect = pixelAspectOf(motion);
  const shape = pixelAspect === 1 ? {} : { pixelAspect };
  const { rollingShutter } = motion;
  const head = {
    format: FORMAT,
    version: VERSION,
    estimator: motion.estimator,
    size: { width, height },
    ...shape,
    ...(rollingShutter !== undefined && { rollingShutter: checkRollingShutter(rollingShutter) }),
  };
  const rectified = motion.rectified === undefined ? '' : `,${rectifiedText(motion.rectified, times.length)}`;
  return `${JSON.stringify(head).slice(0, -1)},"times":${exactNumbers(times)},"steps":[\n${steps.join(',\n')}\n]${rectified}}\n`;
}

/**
 * Reads what {@link serializeMotion} wrote.
 * @throws GimbalError `GIMBAL_E_MOTION_FILE` for anything that is not a complete motion record of this version, saying what is wrong and where.
 */
export function parseMotion(text: string): ClipMotion {
  const record = parseObject(text);
  if (record.format !== FORMAT) {
    throw broken(`its "format" must be "${FORMAT}", not ${show(record.format)}`);
  }
  if (record.version !== VERSION) {
    throw new GimbalError(
      'GIMBAL_E_MOTION_FILE',
      `The motion file has version ${show(record.version)}, this program reads version ${VERSION}; analyse the clip again.`,
    );
  }
  if (typeof record.estimator !== 'string') throw broken(`"estimator" must be a name, not ${show(record.estimator)}`);
  if (!Array.isArray(record.times)) throw broken(`"times" must be a list of numbers, not ${show(record.times)}`);
  if (!Array.isArray(record.steps)) throw broken(`"steps" must be a list, not ${show(record.steps)}`);
  const size = checkSize(record.size);
  const times = checkTimes(record.times, record.steps.length);
  const steps = record.steps.map((step: unknown, i) => parseStep(step, i, size));
  const { pixelAspect, rollingShutter, rectified, estimator } = record;
  const found = {
    ...(rollingShutter !== undefined && { rollingShutter: checkRollingShutter(rollingShutter) }),
    ...(rectified !== undefined && { rectified: parseRectified(rectified, times.length) }),
  };
  if (pixelAspect === undefined) return { size, times, steps, estimator, ...found };
  if (typeof pixelAspect !== 'number' || !(pixelAspect > 0)) {
    throw broken(`"pixelAspect" must be the width of a pixel over its height, not ${show(pixelAspect)}`);
  }
  return { size, times, steps, estimator, pixelAspect, ...found };
}

function rectifiedText(rectified: RectifiedClip, frames: number): string {
  if (!isRectifiedClip(rectified, frames)) throw broken('"rectified" does not belong to its steps');
  const lines = (numbers: Float64Array, each: number): string =>
    Array.from({ length: numbers.length / each }, (_, i) =>
      exactNumbers(numbers.subarray(i * each, (i + 1) * each)),
    ).join(',\n');
  const { homographies, readouts } = rectified;
  return `"rectified":{"homographies":[\n${lines(homographies, 9)}\n],"readouts":[\n${lines(readouts, READOUT_NUMBERS)}\n]}`;
}

function parseRectified(value: unknown, frames: number): RectifiedClip {
  const { homographies, readouts } = isObject(value) ? value : {};
  const flat = (list: unknown): Float64Array =>
    Array.isArray(list) && list.every(isListOfNumbers) ? Float64Array.from(list.flat()) : new Float64Array(0);
  const rectified = { homographies: flat(homographies), readouts: flat(readouts) };
  if (isRectifiedClip(rectified, frames)) return rectified;
  throw broken('"rectified" must hold a homography a step and forty numbers a frame');
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new GimbalError(
      'GIMBAL_E_MOTION_FILE',
      `A motion file must be JSON as \`gimbal stabilize --export-motion\` writes it; ${(error as Error).message}.`,
      { cause: error },
    );
  }
  if (!isObject(value)) throw broken(`it must hold an object, not ${show(value)}`);
  return value;
}

function parseStep(step: unknown, index: number, size: Size): MotionField {
  if (!isObject(step)) throw broken(`step ${index} must be an object, not ${show(step)}`);
  const { rows = 1, cols = 1, homographies, confidence, verdict, model, reason } = step;
  if (!isListOfNumbers(homographies)) {
    throw broken(`"homographies" of step ${index} must be a list of numbers, not ${show(homographies)}`);
  }
  if (!isOneOf(VERDICTS, verdict)) {
    throw broken(`"verdict" of step ${index} must be one of ${VERDICTS.join(', ')}, not ${show(verdict)}`);
  }
  if (!isOneOf(MODELS, model)) {
    throw broken(`"model" of step ${index} must be one of ${MODELS.join(', ')}, not ${show(model)}`);
  }
  if (typeof rows !== 'number' || typeof cols !== 'number' || typeof confidence !== 'number') {
    throw broken(
      `"rows", "cols" and "confidence" of step ${index} must be numbers, not ${show(rows)}, ${show(cols)}, ${show(confidence)}`,
    );
  }
  if (reason !== undefined && typeof reason !== 'string') {
    throw broken(`"reason" of step ${index} must be a text, not ${show(reason)}`);
  }
  try {
    return motionField({ size, rows, cols, homographies, confidence, verdict, model, reason });
  } catch (error) {
    throw broken(`step ${index}: ${(error as Error).message}`, error);
  }
}

function checkSize(size: unknown): Size {
  const { width, height } = isObject(size) ? size : {};
  if (!isExtent(width) || !isExtent(height)) {
    throw broken(`"size" must give a width and a height in whole pixels, not ${show(size)}`);
  }
  return { width, height };
}

function isExtent(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1;
}

function checkTimes(times: readonly unknown[], steps: number): Float64Array {
  if (times.length !== steps + 1) {
    throw broken(
      `${times.length} times need ${Math.max(times.length - 1, 0)} steps between them (at least one time), not ${steps}`,
    );
  }
  const out = new Float64Array(times.length);
  for (let i = 0; i < times.length; i++) {
    const time = times[i];
    if (typeof time !== 'number' || !Number.isFinite(time))
      throw broken(`time ${i} must be a number, not ${show(time)}`);
    if (i > 0 && !(time > out[i - 1])) {
      throw broken(`times must increase, but time ${i} is ${time} after ${out[i - 1]}`);
    }
    out[i] = time;
  }
  return out;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'number');
}

function isOneOf<T extends string>(names: readonly T[], value: unknown): value is T {
  return names.includes(value as T);
}

/** A value as it stood in the file, shortened. */
function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function broken(what: string, cause?: unknown): GimbalError {
  return new GimbalError('GIMBAL_E_MOTION_FILE', `Not a usable motion record: ${what}.`, { cause });
}
