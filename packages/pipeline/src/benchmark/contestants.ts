import type { RuntimeInfo } from '@gimbal/core';
import { estimatorOf } from '@gimbal/core/plugins';
import { estimators } from '../estimators.js';
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

/** An estimator that is to take part, and its options. */
export interface Entry {
  /** Name or path, as the registry resolves it. */
  readonly reference: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Finds the estimators, and makes (and puts away) each of them once, so that what cannot run here is said before the
 * first clip and not once a clip.
 * @throws GimbalError what the registry throws.
 */
export async function contestants(entries: readonly Entry[], runtime: RuntimeInfo): Promise<Contestant[]> {
  const entered: Contestant[] = [];
  for (const { reference, options: own } of entries) {
    const from = process.cwd();
    const plugin = await estimators.resolve(reference, { from });
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
