import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { GimbalError } from '../../errors.js';
import type { EstimatorPlugin, SmootherPlugin } from '../plugin.js';
import { checkPlugin, checkSmootherPlugin } from '../pluginContract.js';
import { type PackageManifest, packageEntry } from './packageEntry.js';

/** What a plug-in is for: how its package is named (`gimbal-estimator-x` or `@scope/gimbal-estimator-x`), and what it must be like. */
export interface PluginKind<Plugin> {
  readonly prefix: string;
  readonly check: (value: unknown, where: string) => Plugin;
}

export const ESTIMATORS: PluginKind<EstimatorPlugin> = { prefix: 'gimbal-estimator-', check: checkPlugin };
export const SMOOTHERS: PluginKind<SmootherPlugin> = { prefix: 'gimbal-smoother-', check: checkSmootherPlugin };

/** Whether a reference means a place in the file system rather than a name. */
export function isPath(reference: string): boolean {
  return /^(\.|\/|\\|[a-z]:[\\/]|file:)/i.test(reference);
}

/** The packages that a name may stand for, the likeliest first. Empty when it cannot be a package's name. */
export function packageNames(name: string, { prefix }: Pick<PluginKind<unknown>, 'prefix'> = ESTIMATORS): string[] {
  const match = /^(@[a-z0-9-~][a-z0-9-._~]*\/)?([a-z0-9-~][a-z0-9-._~]*)$/i.exec(name);
  if (match === null) return [];
  const [, scope = '', base] = match;
  return base.startsWith(prefix) ? [name] : [`${scope}${prefix}${base}`, name];
}

/** Loads the plug-in that a path leads to: a module file, or a folder with a package.json or an index.js. */
export async function pluginAtPath<P>(reference: string, from: string, kind: PluginKind<P>): Promise<P> {
  const place = /^file:/i.test(reference) ? fileURLToPath(reference) : path.resolve(from, reference);
  const found = await stat(place).catch(() => undefined);
  if (found === undefined) {
    throw new GimbalError(
      'GIMBAL_E_PLUGIN_NOT_FOUND',
      `There is no plug-in at "${reference}": ${place} does not exist.`,
    );
  }
  return found.isDirectory() ? pluginInFolder(place, reference, kind) : importPlugin(place, reference, kind);
}

/** Loads an installed package's plug-in; `undefined` when it is not installed. */
export async function installedPlugin<P>(name: string, from: string, kind: PluginKind<P>): Promise<P | undefined> {
  const folder = await installedFolder(name, from);
  return folder === undefined ? undefined : pluginInFolder(folder, name, kind);
}

/**
 * The folder of the installed package that a name means to a registry which knows none of that name itself; `undefined` when there is
 * none.
 */
export async function pluginFolder(name: string, from: string): Promise<string | undefined> {
  for (const candidate of packageNames(name)) {
    const folder = await installedFolder(candidate, from);
    if (folder !== undefined) return folder;
  }
  return undefined;
}

/** Searches `node_modules` from a folder upwards. */
async function installedFolder(name: string, from: string): Promise<string | undefined> {
  for (const modules of modulesFolders(from)) {
    const folder = path.join(modules, name);
    if ((await stat(path.join(folder, 'package.json')).catch(() => undefined)) !== undefined) return folder;
  }
  return undefined;
}

/** `node_modules` of a folder and of all above it, the nearest first, whether they exist or not. */
export function modulesFolders(from: string): string[] {
  const folders: string[] = [];
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    if (path.basename(folder) !== 'node_modules') folders.push(path.join(folder, 'node_modules'));
    if (path.dirname(folder) === folder) return folders;
  }
}

async function pluginInFolder<P>(folder: string, reference: string, kind: PluginKind<P>): Promise<P> {
  const text = await readFile(path.join(folder, 'package.json'), 'utf8').catch(() => '{}');
  let manifest: PackageManifest;
  try {
    manifest = JSON.parse(text) as PackageManifest;
  } catch (error) {
    throw new GimbalError(
      'GIMBAL_E_PLUGIN_INVALID',
      `Plug-in "${reference}" has a package.json that is not JSON (${folder}): ${(error as Error).message}.`,
      { cause: error },
    );
  }
  const entry = packageEntry(manifest);
  const place = entry === undefined ? undefined : await existing(path.join(folder, entry));
  if (place === undefined) {
    throw new GimbalError(
      'GIMBAL_E_PLUGIN_INVALID',
      `Plug-in "${reference}" has no module to import: its package.json in ${folder} ` +
        (entry === undefined ? 'exports none under ".".' : `names "${entry}", which does not exist; was it built?`),
    );
  }
  return importPlugin(place, reference, kind);
}

/** `main` may leave out the ending or name a folder, as Node allows for it. */
async function existing(place: string): Promise<string | undefined> {
  for (const candidate of [place, `${place}.js`, `${place}.mjs`, `${place}/index.js`, place.replace(/\.js$/, '.mjs')]) {
    if (
      await stat(candidate).then(
        (found) => found.isFile(),
        () => false,
      )
    )
      return candidate;
  }
  return undefined;
}

async function importPlugin<P>(file: string, reference: string, { check }: PluginKind<P>): Promise<P> {
  let loaded: Record<string, unknown>;
  try {
    loaded = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    if (GimbalError.isInstance(error)) throw error;
    throw new GimbalError(
      'GIMBAL_E_PLUGIN_FAILED',
      `Plug-in "${reference}" could not be loaded (${file}): ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  const plugin = defaultExport(loaded);
  if (plugin === undefined) {
    throw new GimbalError(
      'GIMBAL_E_PLUGIN_INVALID',
      `Plug-in "${reference}" (${file}) has no default export; it must export its plug-in object with \`export default\`.`,
    );
  }
  return check(plugin, `Plug-in "${reference}"`);
}

/** A CommonJS module that was compiled from `export default` carries its default one level deeper. */
function defaultExport(loaded: Record<string, unknown>): unknown {
  const outer = loaded.default;
  if (typeof outer !== 'object' || outer === null || !('__esModule' in outer)) return outer;
  return (outer as Record<string, unknown>).default;
}
