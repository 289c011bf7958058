import { GimbalError } from '../../errors.js';
import type { Estimator } from '../../motion/estimator.js';
import type { EstimatorContext, EstimatorPlugin } from '../plugin.js';
import { checkPlugin, estimatorOf } from '../pluginContract.js';
import { discoverPlugins } from './discoverPlugins.js';
import { ESTIMATORS, installedPlugin, isPath, packageNames, pluginAtPath } from './pluginModule.js';

/** Where names and paths of plug-ins are looked up. */
export interface ResolveOptions {
  /** Folder that relative paths start from and whose `node_modules` (and those above it) are searched. */
  readonly from: string;
}

/** Finds estimator plug-ins: objects first, names second. */
export interface Registry {
  /**
   * Makes a plug-in known under its `meta.name`.
   * @throws GimbalError what a plug-in that breaks the contract earns, or `GIMBAL_E_INVALID_ARGUMENT` when another one has the name.
   */
  register(plugin: EstimatorPlugin): void;
  /** The registered plug-ins, in the order in which they came. */
  list(): EstimatorPlugin[];
  /**
   * The plug-in that a reference means: an object is taken as it is; a path (starting with `.`, `/`, a drive letter or `file:`) is
   * imported, a folder through its package.json; a name is looked up among the registered ones, then among the installed packages: `x`
   * means `gimbal-estimator-x`, `@scope/x` means `@scope/gimbal-estimator-x`, and failing that the package of that very name.
   * @throws GimbalError `GIMBAL_E_PLUGIN_NOT_FOUND`, `…_FAILED` (the module throws), `…_INVALID` or `…_API_VERSION`.
   */
  resolve(reference: EstimatorPlugin | string, options: ResolveOptions): Promise<EstimatorPlugin>;
  /**
   * Resolves a reference and makes its estimator.
   * @param rawOptions Options as they come from a file or the command line; the plug-in checks them.
   * @throws GimbalError as `resolve`, and `GIMBAL_E_DEVICE_UNAVAILABLE` when the plug-in cannot run here.
   */
  createEstimator(
    reference: EstimatorPlugin | string,
    rawOptions: unknown,
    context: EstimatorContext,
    options: ResolveOptions,
  ): Promise<Estimator>;
}

/** Makes a registry that knows the given plug-ins from the start. */
export function createRegistry(builtIn: readonly EstimatorPlugin[] = []): Registry {
  const plugins = new Map<string, EstimatorPlugin>();
  const registry: Registry = {
    register(plugin) {
      const { name } = checkPlugin(plugin, 'The plug-in').meta;
      if ((plugins.get(name) ?? plugin) !== plugin) {
        throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `Another plug-in is already registered as "${name}".`);
      }
      plugins.set(name, plugin);
    },
    list: () => [...plugins.values()],
    async resolve(reference, { from }) {
      if (typeof reference !== 'string') return checkPlugin(reference, 'The plug-in');
      if (isPath(reference)) return pluginAtPath(reference, from, ESTIMATORS);
      const own = plugins.get(reference);
      if (own !== undefined) return own;
      const candidates = packageNames(reference);
      for (const name of candidates) {
        const plugin = await installedPlugin(name, from, ESTIMATORS);
        if (plugin !== undefined) return plugin;
      }
      throw await notFound(reference, candidates, [...plugins.keys()], from);
    },
    async createEstimator(reference, rawOptions, context, options) {
      return estimatorOf(await registry.resolve(reference, options), rawOptions, context);
    },
  };
  for (const plugin of builtIn) registry.register(plugin);
  return registry;
}

async function notFound(
  reference: string,
  candidates: readonly string[],
  registered: readonly string[],
  from: string,
): Promise<GimbalError> {
  const installed = (await discoverPlugins(from)).map(({ name }) => name);
  const known = [...registered, ...installed];
  const tried =
    candidates.length === 0 ? 'it cannot be a package name' : `looked for ${candidates.join(' and ')} from ${from}`;
  return new GimbalError(
    'GIMBAL_E_PLUGIN_NOT_FOUND',
    `No estimator is called "${reference}": ${tried}. Known here: ${known.join(', ') || 'none'}. ` +
      'Install the package, or give a path that starts with "./".',
  );
}
