import path from 'node:path';
import { imports } from './imports.js';
import { packages } from './packages.js';

/** The floors of the house: an import may only point down. */
export const FLOORS: Readonly<Record<string, number>> = {
  core: 0,
  smoothers: 1,
  metrics: 1,
  worker: 1,
  video: 2,
  native: 2,
  nn: 2,
  'cuda-classical': 3,
  ihn: 3,
  assignment: 3,
  interpolate: 4,
  mosaic: 4,
  pipeline: 5,
  cli: 6,
};

/** Neighbours on one floor that may be imported after all: what finds and opens addons, and asks for devices. */
export const ARROWS: Readonly<Record<string, string>> = { nn: 'native' };

/** Packages that bundle for a browser: nothing of Node. */
export const BROWSER = ['core', 'smoothers', 'metrics'];

/** Of a package for browsers, the folder of what only an entry of its own reaches: that may use Node. */
const NODE_FOLDERS: Readonly<Record<string, string>> = { core: 'src/plugin/node/' };

/** A file as the guard sees it. */
export interface Source {
  /** Folder under `packages/`. */
  readonly folder: string;
  /** Path within the package. */
  readonly file: string;
  readonly text: string;
  /** Tests may use the fixtures, and Node. */
  readonly test: boolean;
}

/** Entries beside the main one, as the `exports` of their packages name them. */
const ENTRIES = new Map(
  packages().map(({ manifest }) => [
    manifest.name,
    Object.keys(manifest.exports ?? {}).filter((entry) => entry !== '.'),
  ]),
);

/** What is wrong with the imports of a file; empty when they all point down. */
export function floorViolations({ folder, file, text, test }: Source): string[] {
  const floor = FLOORS[folder];
  if (floor === undefined) return [`packages/${folder} has no floor: add it to FLOORS as the design says`];
  const wrong: string[] = [];
  for (const specifier of imports(text)) {
    const say = (why: string): number => wrong.push(`packages/${folder}/${file} imports ${specifier}: ${why}`);
    if (
      specifier.startsWith('.') &&
      path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier)).startsWith('..')
    ) {
      say('a relative import must stay within its package');
    }
    const target = /^@gimbal\/([^/]+)(\/.*)?$/.exec(specifier);
    if (!target || (test && target[1] === 'fixtures')) continue;
    const below = FLOORS[target[1]];
    if (below === undefined) say('it is not on any floor');
    else if (below >= floor && target[1] !== folder && ARROWS[folder] !== target[1])
      say(`floor ${floor} may not import floor ${below}`);
    if (target[2] && !ENTRIES.get(`@gimbal/${target[1]}`)?.includes(`.${target[2]}`))
      say('only the public name of a package may be imported');
  }
  const forNode = NODE_FOLDERS[folder] !== undefined && file.startsWith(NODE_FOLDERS[folder]);
  if (BROWSER.includes(folder) && !test && !forNode) {
    for (const specifier of imports(text).filter((name) => name.startsWith('node:'))) {
      wrong.push(`packages/${folder}/${file} imports ${specifier}: this package also runs in a browser`);
    }
  }
  return wrong;
}
