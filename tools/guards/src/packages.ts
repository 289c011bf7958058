import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The top of the repository. */
export const root = path.resolve(import.meta.dirname, '../../..');

/** What a guard needs to know of a package. */
export interface Package {
  /** Folder under `packages/`, such as `core`. */
  readonly folder: string;
  readonly directory: string;
  readonly manifest: {
    readonly name: string;
    readonly exports?: Readonly<Record<string, unknown>>;
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly devDependencies?: Readonly<Record<string, string>>;
    readonly peerDependencies?: Readonly<Record<string, string>>;
    readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional: boolean }>>;
  };
}

/** Every package of `packages/`. */
export function packages(): Package[] {
  return readdirSync(path.join(root, 'packages')).map((folder) => {
    const directory = path.join(root, 'packages', folder);
    return { folder, directory, manifest: JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8')) };
  });
}

/** The TypeScript files below a package's `src`. */
export function sources(directory: string): string[] {
  return readdirSync(path.join(directory, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(directory, 'src', file));
}

/** Files that exist for tests only (`x.test.ts`, and what several of them share: `testX.ts`): nothing of them is shipped. */
export function isTest(file: string): boolean {
  return /\.test\.ts$/.test(file) || /[\\/]test[A-Z]\w*\.ts$/.test(file);
}
