// Lists of estimators as a command line gives them.
import { GimbalError } from '@gimbal/core';
import type { Entry } from '@gimbal/pipeline/benchmark';
import { keyValues } from '../settings/parseFlags.js';

/**
 * Takes the lists of estimators apart.
 * @param lists As on the command line: references with commas between them.
 * @param optionPairs `reference:key=value`, options of one estimator.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a list that makes no sense.
 */
export function estimatorList(lists: readonly string[], optionPairs: readonly string[]): Entry[] {
  const references = lists.flatMap((list) => list.split(',')).map((reference) => reference.trim());
  if (references.length === 0 || references.includes('')) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `--estimators expects names or paths with commas between them; received "${lists.join(' ')}".`,
    );
  }
  const twice = references.find((reference, i) => references.indexOf(reference) !== i);
  if (twice !== undefined) {
    throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `--estimators names "${twice}" twice.`);
  }
  const options = optionsOf(references, optionPairs);
  return references.map((reference) => ({ reference, options: options.get(reference) ?? {} }));
}

function optionsOf(
  references: readonly string[],
  pairs: readonly string[],
): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const options = new Map<string, Record<string, unknown>>();
  for (const pair of pairs) {
    const reference = references.find((candidate) => pair.startsWith(`${candidate}:`));
    if (reference === undefined) {
      throw new GimbalError(
        'GIMBAL_E_INVALID_ARGUMENT',
        `--estimator-option expects estimator:key=value with one of ${references.join(', ')}; received "${pair}".`,
      );
    }
    options.set(reference, { ...options.get(reference), ...keyValues([pair.slice(reference.length + 1)]) });
  }
  return options;
}
