import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type EstimatorPlugin, GimbalError } from '@gimbal/core';
import { createRegistry, type Registry } from '@gimbal/core/plugins';
import classical from '@gimbal/cuda-classical';
import { packageManifest } from './packageVersion.js';

/** Our estimators' packages, by the estimators' names. */
export const ESTIMATOR_PACKAGES = { classical: '@gimbal/cuda-classical', ihn: '@gimbal/ihn' } as const;

/** Those that are installed by themselves, because of what they bring along. */
export const SEPARATE_ESTIMATORS = ['ihn'] as const;

/** One of {@link SEPARATE_ESTIMATORS}. */
export type SeparateEstimator = (typeof SEPARATE_ESTIMATORS)[number];

const builtIn = createRegistry([classical as EstimatorPlugin]);

/** The estimators of ours, and installed plug-ins; those that are packages of their own are loaded when they are asked for. */
export const estimators: Registry = {
  register: builtIn.register,
  list: builtIn.list,
  async resolve(reference, options) {
    if (!isSeparate(reference)) return builtIn.resolve(reference, options);
    return builtIn.resolve((await loadSeparate(reference, options.from)).default as EstimatorPlugin, options);
  },
  async createEstimator(reference, rawOptions, context, options) {
    return builtIn.createEstimator(await estimators.resolve(reference, options), rawOptions, context, options);
  },
};

/**
 * Imports the package of an estimator that is installed by itself.
 * @throws GimbalError `GIMBAL_E_PLUGIN_NOT_FOUND` with the command that brings it; `GIMBAL_E_PLUGIN_FAILED` when it does not load.
 */
export async function loadSeparate(name: SeparateEstimator, from: string): Promise<Record<string, unknown>> {
  const manifest = estimatorManifest(name, from);
  const packageName = ESTIMATOR_PACKAGES[name];
  if (manifest === undefined) {
    throw new GimbalError(
      'GIMBAL_E_PLUGIN_NOT_FOUND',
      `The estimator "${name}" is a package of its own, ${packageName}, which is not installed. ${howToInstall(packageName)}`,
    );
  }
  const entry = path.join(path.dirname(manifest), 'dist/index.js');
  if (!existsSync(entry)) {
    throw new GimbalError(
      'GIMBAL_E_PLUGIN_NOT_FOUND',
      `The estimator "${name}" is not built: ${entry} is missing. In a checkout "npm run build" makes it.`,
    );
  }
  try {
    return (await import(pathToFileURL(entry).href)) as Record<string, unknown>;
  } catch (cause) {
    if (GimbalError.isInstance(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GimbalError('GIMBAL_E_PLUGIN_FAILED', `${packageName} does not load: ${reason}`, { cause });
  }
}

/**
 * The `package.json` of an estimator of ours: of the package beside the program, otherwise of the one installed in a folder or above it;
 * undefined where it is not installed.
 */
export function estimatorManifest(name: keyof typeof ESTIMATOR_PACKAGES, from: string): string | undefined {
  for (const start of [packageManifest, path.join(from, 'package.json')]) {
    try {
      return createRequire(start).resolve(`${ESTIMATOR_PACKAGES[name]}/package.json`);
    } catch {
      // Not there.
    }
  }
  return undefined;
}

/** Whether a reference is the name of an estimator of ours. */
export function isOwn(reference: string): reference is keyof typeof ESTIMATOR_PACKAGES {
  return Object.hasOwn(ESTIMATOR_PACKAGES, reference);
}

/** The command that brings a package to where the program finds it. */
function howToInstall(packageName: string): string {
  return `Install it in the folder where you work, "npm install ${packageName}", or beside a global program, "npm install --global ${packageName}".`;
}

function isSeparate(reference: unknown): reference is SeparateEstimator {
  return SEPARATE_ESTIMATORS.some((name) => name === reference);
}
