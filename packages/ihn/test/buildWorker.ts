import path from 'node:path';
import { buildWhenStale } from '../../../tools/run/buildWhenStale.ts';

/** A thread cannot be started from TypeScript: inference runs from `dist`, here too. */
export default async function buildWorker(): Promise<void> {
  const root = path.resolve(import.meta.dirname, '../../..');
  for (const folder of ['core', 'worker', 'ihn']) await buildWhenStale(path.join(root, 'packages', folder));
}
