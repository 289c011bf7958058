import { GimbalError } from '../errors.js';
import type { Estimator } from '../motion/estimator.js';
import type { Smoother } from '../path/smoother.js';
import {
  type EstimatorContext,
  type EstimatorPlugin,
  PLUGIN_API_VERSION,
  type RuntimeInfo,
  type SmootherPlugin,
  type Support,
} from './plugin.js';

/**
 * Checks that a value keeps the contract of estimator plug-ins. Looks at fields only, never at classes, so a plug-in may bring its own copy
 * of this package.
 * @param where What to call the value in a message: a package, a path.
 * @throws GimbalError `GIMBAL_E_PLUGIN_API_VERSION` when it was made for another version of the contract, `GIMBAL_E_PLUGIN_INVALID` naming
 * the first field that is missing or wrong.
 */
export function checkPlugin(value: unknown, where: string): EstimatorPlugin {
  const plugin = checkFunctions(value, where, ['parseOptions', 'supports', 'create']);
  if (plugin.fingerprint !== undefined && typeof plugin.fingerprint !== 'function') {
    throw invalid(where, `\`fingerprint\` must be a function or absent, not ${kindOf(plugin.fingerprint)}`);
  }
  return value as EstimatorPlugin;
}

/** The same for the contract of smoother plug-ins. @throws as {@link checkPlugin}. */
export function checkSmootherPlugin(value: unknown, where: string): SmootherPlugin {
  checkFunctions(value, where, ['parseOptions', 'create']);
  return value as SmootherPlugin;
}

function checkFunctions(value: unknown, where: string, functions: readonly string[]): Record<string, unknown> {
  const plugin = fieldsOf(value);
  if (plugin === undefined) throw invalid(where, `it must be an object, not ${kindOf(value)}`);
  const meta = fieldsOf(plugin.meta);
  if (meta === undefined) throw invalid(where, `\`meta\` must be an object, not ${kindOf(plugin.meta)}`);
  if (!Number.isInteger(meta.apiVersion)) {
    throw invalid(where, `\`meta.apiVersion\` must be a whole number, not ${kindOf(meta.apiVersion)}`);
  }
  if (meta.apiVersion !== PLUGIN_API_VERSION) {
    throw new GimbalError(
      'GIMBAL_E_PLUGIN_API_VERSION',
      `${where} was made for version ${String(meta.apiVersion)} of the plug-in contract, this program speaks version ` +
        `${PLUGIN_API_VERSION}; install a matching version of the plug-in or of Gimbal.`,
    );
  }
  for (const key of ['name', 'version'] as const) {
    if (typeof meta[key] !== 'string' || meta[key] === '') {
      throw invalid(where, `\`meta.${key}\` must be a string that is not empty, not ${kindOf(meta[key])}`);
    }
  }
  for (const key of functions) {
    if (typeof plugin[key] !== 'function')
      throw invalid(where, `\`${key}\` must be a function, not ${kindOf(plugin[key])}`);
  }
  return plugin;
}

/**
 * Makes a plug-in's estimator from options as they come from a file or the command line.
 * @throws GimbalError `GIMBAL_E_DEVICE_UNAVAILABLE` when the plug-in cannot run here, `GIMBAL_E_PLUGIN_FAILED` (with the cause) when one of
 * its functions throws, `GIMBAL_E_PLUGIN_INVALID` when one answers with the wrong thing. A GimbalError that it throws itself passes unchanged.
 */
export async function estimatorOf(
  plugin: EstimatorPlugin,
  rawOptions: unknown,
  context: EstimatorContext,
): Promise<Estimator> {
  const { name } = plugin.meta;
  const { runtime } = context;
  const { score, reason } = checkedSupport(name, await guarded(name, 'supports', () => plugin.supports(runtime)));
  if (score <= 0) {
    const why = reason ?? `it does not support this machine (${runtime.platform}, ${runtime.arch})`;
    throw new GimbalError(
      'GIMBAL_E_DEVICE_UNAVAILABLE',
      `Estimator "${name}" cannot run with device "${runtime.device}": ${why}. Choose another device or another estimator.`,
    );
  }
  const options = await guarded(name, 'parseOptions', () => plugin.parseOptions(rawOptions));
  const estimator = await guarded(name, 'create', () => plugin.create(options, context));
  const fields = fieldsOf(estimator);
  const made = `What \`create\` of estimator "${name}" made`;
  if (fields === undefined) throw invalid(made, `it must be an object, not ${kindOf(estimator)}`);
  if (typeof fields.estimate !== 'function') {
    throw invalid(made, `\`estimate\` must be a function, not ${kindOf(fields.estimate)}`);
  }
  if (typeof fields.name !== 'string') throw invalid(made, `\`name\` must be a string, not ${kindOf(fields.name)}`);
  const saving = [fields.state, fields.restore];
  if (!saving.every((part) => part === undefined) && !saving.every((part) => typeof part === 'function')) {
    throw invalid(made, '`state` and `restore` must be functions, both of them, or both be absent');
  }
  if (!Array.isArray(fields.memory) || !fields.memory.every((memory) => memory === 'host' || memory === 'cuda')) {
    throw invalid(
      made,
      `\`memory\` must be a list of "host" and "cuda", not ${JSON.stringify(fields.memory) ?? 'nothing'}`,
    );
  }
  return estimator;
}

/**
 * What a plug-in says its answers depend on, given options as they come from a file or the command line; `undefined` where it says nothing.
 * @throws GimbalError as {@link estimatorOf} for what its functions throw or answer.
 */
export async function fingerprintOf(plugin: EstimatorPlugin, rawOptions: unknown): Promise<string | undefined> {
  if (plugin.fingerprint === undefined) return undefined;
  const { name } = plugin.meta;
  const options = await guarded(name, 'parseOptions', () => plugin.parseOptions(rawOptions));
  const told: unknown = await guarded(name, 'fingerprint', async () => plugin.fingerprint?.(options));
  if (typeof told === 'string') return told;
  throw invalid(`Estimator "${name}"`, `\`fingerprint\` must answer with a string, not ${kindOf(told)}`);
}

/**
 * What a plug-in says of a machine, a bare score with its reason left open.
 * @throws GimbalError `GIMBAL_E_PLUGIN_INVALID` for an answer that is neither, and whatever `supports` throws.
 */
export function supportOf(plugin: EstimatorPlugin, runtime: RuntimeInfo): Support {
  return checkedSupport(plugin.meta.name, plugin.supports(runtime));
}

function checkedSupport(name: string, answer: unknown): Support {
  const { score, reason }: Record<string, unknown> = fieldsOf(answer) ?? { score: answer };
  const where = `Estimator "${name}"`;
  if (typeof score !== 'number' || Number.isNaN(score)) {
    throw invalid(
      where,
      `\`supports\` must answer with a number, or an object with one as \`score\`, not ${kindOf(score)}`,
    );
  }
  if (reason !== undefined && typeof reason !== 'string') {
    throw invalid(where, `the \`reason\` in the answer of \`supports\` must be a string, not ${kindOf(reason)}`);
  }
  return { score, reason: reason?.replace(/\.\s*$/, '') };
}

/**
 * Makes a plug-in's smoother from options as they come from a file or the command line.
 * @throws GimbalError `GIMBAL_E_PLUGIN_FAILED` (with the cause) when one of its functions throws, `GIMBAL_E_PLUGIN_INVALID` when it makes
 * something else than a smoother. A GimbalError that it throws itself passes unchanged.
 */
export async function smootherOf(plugin: SmootherPlugin, rawOptions: unknown): Promise<Smoother> {
  const { name } = plugin.meta;
  const options = await guarded(name, 'parseOptions', () => plugin.parseOptions(rawOptions), 'smoother');
  const smoother = await guarded(name, 'create', () => plugin.create(options), 'smoother');
  const fields = fieldsOf(smoother);
  const made = `What \`create\` of smoother "${name}" made`;
  if (fields === undefined) throw invalid(made, `it must be an object, not ${kindOf(smoother)}`);
  if (typeof fields.smooth !== 'function')
    throw invalid(made, `\`smooth\` must be a function, not ${kindOf(fields.smooth)}`);
  if (typeof fields.name !== 'string') throw invalid(made, `\`name\` must be a string, not ${kindOf(fields.name)}`);
  return smoother;
}

async function guarded<T>(
  name: string,
  step: string,
  call: () => T | Promise<T>,
  noun: 'estimator' | 'smoother' = 'estimator',
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (GimbalError.isInstance(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new GimbalError('GIMBAL_E_PLUGIN_FAILED', `\`${step}\` of ${noun} "${name}" failed: ${reason}`, {
      cause: error,
    });
  }
}

function invalid(where: string, what: string): GimbalError {
  return new GimbalError('GIMBAL_E_PLUGIN_INVALID', `${where} does not keep the plug-in contract: ${what}.`);
}

function fieldsOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'number' || typeof value === 'string') return JSON.stringify(value) ?? String(value);
  return `a value of type ${typeof value}`;
}
