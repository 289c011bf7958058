import { estimatorOf, GimbalError, type RuntimeInfo } from '@gimbal/core';
import { estimators } from '../estimators.js';
import { keyValues } from '../parseFlags.js';
import { estimatorFingerprint } from './fingerprints.js';

/** An estimator as it takes part in a benchmark. */
export interface Contestant {
  /** What it is called in all results: its own name, or, where two share one, the reference. */
  readonly label: string;
  /** Name or path as it was given. */
  readonly reference: string;
  readonly version: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Changes with the plug-in's files, and with what it depends on beside them. */
  readonly fingerprint: string;
}

/**
 * Takes the list of estimators apart, and makes (and puts away) each of them once, so that what cannot run here is said before the
 * first clip and not once a clip.
 * @param lists As on the command line: references with commas between them.
 * @param optionPairs `reference:key=value`, options of one estimator.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a list that makes no sense; what the registry throws.
 */
export async function contestants(
  lists: readonly string[],
  optionPairs: readonly string[],
  runtime: RuntimeInfo,
): Promise<Contestant[]> {
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
  const entered: Contestant[] = [];
  for (const reference of references) {
    const from = process.cwd();
    const plugin = await estimators.resolve(reference, { from });
    const own = options.get(reference) ?? {};
    const tried = await estimatorOf(plugin, own, { runtime });
    await tried.dispose?.();
    entered.push({
      label: plugin.meta.name,
      reference,
      version: plugin.meta.version,
      options: own,
      fingerprint: await estimatorFingerprint(reference, plugin, own, from),
    });
  }
  const shared = (label: string) => entered.filter((entry) => entry.label === label).length > 1;
  return entered.map((entry) => (shared(entry.label) ? { ...entry, label: entry.reference } : entry));
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
