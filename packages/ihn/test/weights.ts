import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = process.env.GIMBAL_IHN_WEIGHTS ?? path.resolve(import.meta.dirname, '../weights');
const described = (name: string): boolean => existsSync(path.join(folder, `${name}.json`));

/** Why what runs a network cannot be tested; undefined when it can. */
export const withoutWeights = described('weights') ? undefined : `there are no weights in ${folder}`;

/** Why what a network reaches cannot be tested; undefined once the weights come with the figures of their training. */
export const untrained =
  withoutWeights ??
  (Object.keys(JSON.parse(readFileSync(path.join(folder, 'weights.json'), 'utf8')).figures ?? {}).length > 0
    ? undefined
    : 'the weights are not trained');
