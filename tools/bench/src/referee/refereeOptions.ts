import { parseArgs } from 'node:util';
import type { BenchOptions } from '../options.js';

/** What `referee` may be told on the command line. */
export interface RefereeOptions extends BenchOptions {
  /** The first is what the others are compared with. */
  readonly estimators: readonly string[];
  /** Clips of the list to take, the first ones; all of them for undefined. */
  readonly limit: number | undefined;
  /** A Python with OpenCV. */
  readonly python: string;
}

export const REFEREE_USAGE =
  'referee [--estimators classical,ihn] [--clips WORD,WORD] [--limit N] [--jobs N] [--reuse] [--python PROGRAM] [-- options of gimbal stabilize]';

/** @throws Error saying which option is unknown or wrong. */
export function parseRefereeOptions(args: readonly string[]): RefereeOptions {
  const end = args.indexOf('--');
  const { values } = parseArgs({
    args: end === -1 ? [...args] : args.slice(0, end),
    options: {
      estimators: { type: 'string', default: 'classical,ihn' },
      clips: { type: 'string', default: '' },
      limit: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      reuse: { type: 'boolean', default: false },
      python: { type: 'string', default: process.env.GIMBAL_PYTHON ?? 'python3' },
    },
  });
  const estimators = values.estimators.split(',').filter(Boolean);
  if (estimators.length < 2 || new Set(estimators).size < estimators.length) {
    throw new Error(`--estimators expects two or more different names, not "${values.estimators}".\n${REFEREE_USAGE}`);
  }
  return {
    estimators,
    clips: values.clips.split(',').filter(Boolean),
    limit: values.limit === undefined ? undefined : wholeNumber('limit', values.limit),
    jobs: wholeNumber('jobs', values.jobs),
    reuse: values.reuse,
    python: values.python,
    extra: end === -1 ? [] : args.slice(end + 1),
    frames: undefined,
    runs: 1,
  };
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`--${option} must be a whole number above 0, not "${text}".`);
}
