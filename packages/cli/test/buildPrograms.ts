import path from 'node:path';
import { buildWhenStale } from '../../../tools/run/buildWhenStale.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const FOLDERS = [
  'core',
  'smoothers',
  'metrics',
  'native',
  'video',
  'cuda-classical',
  'ihn',
  'assignment',
  'interpolate',
  'mosaic',
  'worker',
  'pipeline',
  'cli',
].map((name) => `packages/${name}`);

/** The tests run the program as a user does, from `dist`. */
export default async function buildPrograms(): Promise<void> {
  for (const folder of [...FOLDERS, 'examples/gimbal-estimator-phase']) await buildWhenStale(path.join(root, folder));
}
