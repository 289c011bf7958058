import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ESTIMATORS, modulesFolders } from './pluginModule.js';

/** An installed package that calls itself an estimator plug-in. It was not loaded. */
export interface DiscoveredPlugin {
  /** Package name. */
  readonly name: string;
  readonly version: string;
  readonly description: string | undefined;
  readonly folder: string;
}

/**
 * Lists the packages named `gimbal-estimator-*` (with or without a scope) that are installed in `node_modules` of a folder or above it,
 * sorted by name. Of a package installed twice the nearest counts.
 */
export async function discoverPlugins(
  from: string,
  { prefix }: { readonly prefix: string } = ESTIMATORS,
): Promise<DiscoveredPlugin[]> {
  const list = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
  const found = new Map<string, DiscoveredPlugin>();
  for (const modules of modulesFolders(from)) {
    const names: string[] = [];
    for (const entry of await list(modules)) {
      if (entry.startsWith(prefix)) names.push(entry);
      if (!entry.startsWith('@')) continue;
      for (const scoped of await list(path.join(modules, entry))) {
        if (scoped.startsWith(prefix)) names.push(`${entry}/${scoped}`);
      }
    }
    for (const name of names) {
      if (found.has(name)) continue;
      const folder = path.join(modules, name);
      try {
        const manifest = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as Record<
          string,
          unknown
        >;
        const { version, description } = manifest;
        found.set(name, {
          name,
          version: typeof version === 'string' ? version : 'unknown',
          description: typeof description === 'string' ? description : undefined,
          folder,
        });
      } catch {
        // A folder without a readable package.json is no package.
      }
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
