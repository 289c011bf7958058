import { GimbalError } from '@gimbal/core';

/** Where the networks run. `auto` takes a CUDA device that can be used, else the CPU; an explicit `cuda` never falls back. */
export type Provider = 'auto' | 'cpu' | 'cuda' | `cuda:${number}`;

/** Options of every estimator of this package; all have defaults. */
export interface NetworkOptions {
  /** Threads of one inference: 1 to 64, default 2. */
  readonly threads?: number;
  /** Default `auto`. */
  readonly provider?: Provider;
  /** Folder of `weights.json` and the networks. Default: the environment variable GIMBAL_IHN_WEIGHTS, or this package's own. */
  readonly weights?: string;
  /** Confidence below which a pair's answer falls back to a simpler motion and is called `weak`: 0 to 1, default 0.2. */
  readonly weakBelow?: number;
  /**
   * Gradient correlation under the best alignment below which a pair that could not be measured counts as a cut:
   * 0 to 1, default 0.3. Of 930 pairs of frames from different clips nine exceed 0.28; of neighbouring frames one in a hundred, in the
   * fastest turns, falls below 0.5.
   */
  readonly cutBelow?: number;
  /**
   * Whether answers are refined by aligning the frames' luma at full resolution (`createAligner` of @gimbal/native). Default true.
   */
  readonly refineAtFullResolution?: boolean;
}

/** Options of the iterative network. */
export interface IhnOptions extends NetworkOptions {
  /**
   * Refinement steps: how many in all (1 to 32: the first so many of the trained order, then more of the finest), or how many at each
   * stride from coarse to fine. Default: as trained.
   */
  readonly refinements?: number | readonly number[];
}

/** Options with everything decided but what the weights decide. */
export type NetworkSettings = Required<Omit<NetworkOptions, 'weights'>> & Pick<NetworkOptions, 'weights'>;

/** As {@link NetworkSettings}, for the iterative network. */
export type IhnSettings = NetworkSettings & Pick<IhnOptions, 'refinements'>;

/** Most refinement steps that a pair may take. */
const MOST_REFINEMENTS = 32;

const IHN_KEYS = [
  'threads',
  'provider',
  'weights',
  'weakBelow',
  'cutBelow',
  'refineAtFullResolution',
  'refinements',
] as const;

/**
 * Checks and completes options as they come from a file or the command line.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` naming the option that is unknown or wrong.
 */
export function parseIhnOptions(raw: unknown): IhnSettings {
  return { refineAtFullResolution: true, ...parse(raw) } as IhnSettings;
}

type Key = (typeof IHN_KEYS)[number];

/** What each option expects, as a message says it, and whether a value is that. */
const CHECKS: Readonly<Record<Key, readonly [expected: string, fits: (value: unknown) => boolean]>> = {
  threads: ['a whole number from 1 to 64', (value) => isWhole(value, 1, 64)],
  provider: [
    '"auto", "cpu", "cuda" or "cuda:N"',
    (value) => typeof value === 'string' && /^(auto|cpu|cuda(:\d+)?)$/.test(value),
  ],
  weights: ['the path of a folder', (value) => typeof value === 'string' && value !== ''],
  weakBelow: ['a number from 0 to 1', isShare],
  cutBelow: ['a number from 0 to 1', isShare],
  refineAtFullResolution: ['true or false', (value) => typeof value === 'boolean'],
  refinements: [
    `a whole number from 1 to ${MOST_REFINEMENTS}, or such a sum as a list with one number a stride`,
    (value) =>
      isWhole(value, 1, MOST_REFINEMENTS) ||
      (Array.isArray(value) &&
        value.every((count) => isWhole(count, 0, MOST_REFINEMENTS)) &&
        isWhole(
          value.reduce((sum, count) => sum + count, 0),
          1,
          MOST_REFINEMENTS,
        )),
  ],
};

function parse(raw: unknown): Record<string, unknown> {
  const given = raw ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw invalid(`Options of the learned estimator must be an object, received ${told(given)}.`);
  }
  const options: Record<string, unknown> = {
    threads: 2,
    provider: 'auto',
    weakBelow: 0.2,
    cutBelow: 0.3,
  };
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!(IHN_KEYS as readonly string[]).includes(key)) {
      throw invalid(`The learned estimator has no option "${key}"; it has ${IHN_KEYS.join(', ')}.`);
    }
    const [expected, fits] = CHECKS[key as Key];
    if (!fits(value)) {
      throw invalid(`Option "${key}" of the learned estimator must be ${expected}, received ${told(value)}.`);
    }
    options[key] = value;
  }
  return options;
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function isShare(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

const told = (value: unknown): string => JSON.stringify(value) ?? String(value);
const invalid = (message: string): GimbalError => new GimbalError('GIMBAL_E_INVALID_ARGUMENT', message);
