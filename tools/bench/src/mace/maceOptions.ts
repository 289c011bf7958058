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
  /** `NAME=FILE` each: networks as ONNX files, and answers computed elsewhere. */
  readonly networks: readonly string[];
  readonly predictions: readonly string[];
  /** Pairs of each bin; all of them for undefined. */
  readonly limit: number | undefined;
  /** Names of the bins to use. */
  readonly bins: readonly string[];
  /** Where `pack` writes. */
  readonly output: string | undefined;
  /** A Python with OpenCV. */
  readonly python: string;
}

export const MACE_USAGE =
  'mace [measure|list|pack] [--rows identity,classical,classical-2x,sift] [--estimator NAME=MODULE#FUNCTION{OPTIONS}]… [--onnx NAME=FILE]… ' +
  '[--predictions NAME=FILE]… [--limit N] [--bins NAME,NAME] [--output FILE] [--python PROGRAM]';

/** @throws Error saying which option is unknown or wrong. */
export function parseMaceOptions(args: readonly string[]): MaceOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rows: { type: 'string' },
      estimator: { type: 'string', multiple: true, default: [] },
      onnx: { type: 'string', multiple: true, default: [] },
      predictions: { type: 'string', multiple: true, default: [] },
      limit: { type: 'string' },
      bins: { type: 'string' },
      output: { type: 'string' },
      python: { type: 'string', default: process.env.GIMBAL_PYTHON ?? 'python3' },
    },
  });
  const [action = 'measure', ...more] = positionals;
  if (more.length > 0 || !['measure', 'list', 'pack'].includes(action)) throw new Error(MACE_USAGE);
  const limit = values.limit === undefined ? undefined : Number(values.limit);
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    throw new Error(`--limit must be a whole number above 0, not "${values.limit}".`);
  }
  const others = [values.estimator, values.onnx, values.predictions].some((given) => given.length > 0);
  return {
    action: action as MaceAction,
    // Whoever adds rows by name does not want the known ones measured again.
    rows: chosen('rows', values.rows, KNOWN_ROWS, others ? [] : KNOWN_ROWS),
    estimators: values.estimator,
    networks: values.onnx,
    predictions: values.predictions,
    limit,
    bins: chosen(
      'bins',
      values.bins,
      BINS.map(({ name }) => name),
    ),
    output: values.output,
    python: values.python,
  };
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
