import { parseArgs } from 'node:util';
import { BINS } from './bins.js';

/** What `mace` does: measure rows, write the list anew, or pack rendered pairs for another machine. */
export type MaceAction = 'measure' | 'list' | 'pack';

/** Rows that are always known. */
export const KNOWN_ROWS = ['identity', 'classical', 'classical-2x', 'sift'] as const;

/** What `mace` may be told on the command line. */
export interface MaceOptions {
  readonly action: MaceAction;
  /** Which of the known rows to measure. */
  readonly rows: readonly (typeof KNOWN_ROWS)[number][];
  /** `NAME=MODULE#FUNCTION{OPTIONS}` each. */
  readonly estimators: readonly string[];
  /** The same, but with a line for their answers only and none for their steps. */
  readonly answers: readonly string[];
  /** `NAME=FILE` each: networks as ONNX files, and answers computed elsewhere. */
  readonly networks: readonly string[];
  readonly predictions: readonly string[];
  /** Pairs of each bin; all of them for undefined. */
  readonly limit: number | undefined;
  /** Names of the bins to use. */
  readonly bins: readonly string[];
  /** Where `pack` and `list` write. */
  readonly output: string | undefined;
  /** Another list than the committed one, the folder of its photos, and the seed that `list` draws with. */
  readonly list: string | undefined;
  readonly photos: string | undefined;
  readonly seed: number | undefined;
  /** A Python with OpenCV. */
  readonly python: string;
}

export const MACE_USAGE =
  'mace [measure|list|pack] [--rows identity,classical,classical-2x,sift] [--estimator NAME=MODULE#FUNCTION{OPTIONS}]… [--answers NAME=MODULE#FUNCTION{OPTIONS}]… [--onnx NAME=FILE]… ' +
  '[--predictions NAME=FILE]… [--limit N] [--bins NAME,NAME] [--output FILE] [--list FILE] [--photos FOLDER] [--seed N] [--python PROGRAM]';

/** @throws Error saying which option is unknown or wrong. */
export function parseMaceOptions(args: readonly string[]): MaceOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rows: { type: 'string' },
      estimator: { type: 'string', multiple: true, default: [] },
      answers: { type: 'string', multiple: true, default: [] },
      onnx: { type: 'string', multiple: true, default: [] },
      predictions: { type: 'string', multiple: true, default: [] },
      limit: { type: 'string' },
      bins: { type: 'string' },
      output: { type: 'string' },
      list: { type: 'string' },
      photos: { type: 'string' },
      seed: { type: 'string' },
      python: { type: 'string', default: process.env.GIMBAL_PYTHON ?? 'python3' },
    },
  });
  const [action = 'measure', ...more] = positionals;
  if (more.length > 0 || !['measure', 'list', 'pack'].includes(action)) throw new Error(MACE_USAGE);
  const [limit, seed] = [wholeNumber('limit', values.limit), wholeNumber('seed', values.seed)];
  const others = [values.estimator, values.answers, values.onnx, values.predictions].some((given) => given.length > 0);
  return {
    action: action as MaceAction,
    // Whoever adds rows by name does not want the known ones measured again.
    rows: chosen('rows', values.rows, KNOWN_ROWS, others ? [] : KNOWN_ROWS),
    estimators: values.estimator,
    answers: values.answers,
    networks: values.onnx,
    predictions: values.predictions,
    limit,
    bins: chosen(
      'bins',
      values.bins,
      BINS.map(({ name }) => name),
    ),
    output: values.output,
    list: values.list,
    photos: values.photos,
    seed,
    python: values.python,
  };
}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`--${option} must be a whole number above 0, not "${text}".`);
}

function chosen<T extends string>(
  option: string,
  text: string | undefined,
  known: readonly T[],
  otherwise = known,
): readonly T[] {
  if (text === undefined) return otherwise;
  const words = text.split(',').filter(Boolean);
  const strange = words.filter((word) => !(known as readonly string[]).includes(word));
  if (strange.length > 0) throw new Error(`--${option} knows ${known.join(', ')}; not ${strange.join(', ')}.`);
  return known.filter((word) => words.includes(word));
}
