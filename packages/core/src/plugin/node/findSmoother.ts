import { GimbalError } from '../../errors.js';
import type { SmootherPlugin } from '../plugin.js';
import { checkSmootherPlugin } from '../pluginContract.js';
import { discoverPlugins } from './discoverPlugins.js';
import { installedPlugin, isPath, packageNames, pluginAtPath, SMOOTHERS } from './pluginModule.js';
import type { ResolveOptions } from './registry.js';

/**
 * The smoother plug-in that a reference means: an object is taken as it is; a path (starting with `.`, `/`, a drive letter or `file:`) is
 * imported, a folder through its package.json; a name is looked up among the installed packages: `x` means `gimbal-smoother-x`, `@scope/x`
 * means `@scope/gimbal-smoother-x`, and failing that the package of that very name.
 * @param builtIn Names that are known without a package, for the message when nothing is found.
 * @throws GimbalError `GIMBAL_E_PLUGIN_NOT_FOUND`, `…_FAILED` (the module throws), `…_INVALID` or `…_API_VERSION`.
 */
export async function findSmoother(
  reference: SmootherPlugin | string,
  { from }: ResolveOptions,
  builtIn: readonly string[] = [],
): Promise<SmootherPlugin> {
  if (typeof reference !== 'string') return checkSmootherPlugin(reference, 'The plug-in');
  if (isPath(reference)) return pluginAtPath(reference, from, SMOOTHERS);
  const candidates = packageNames(reference, SMOOTHERS);
  for (const name of candidates) {
    const plugin = await installedPlugin(name, from, SMOOTHERS);
    if (plugin !== undefined) return plugin;
  }
  const installed = (await discoverPlugins(from, SMOOTHERS)).map(({ name }) => name);
  const known = [...builtIn, ...installed].join(', ') || 'none';
  const tried =
    candidates.length === 0 ? 'it cannot be a package name' : `looked for ${candidates.join(' and ')} from ${from}`;
  throw new GimbalError(
    'GIMBAL_E_PLUGIN_NOT_FOUND',
    `No smoother is called "${reference}": ${tried}. Known here: ${known}. Install the package, or give a path that starts with "./".`,
  );
}
