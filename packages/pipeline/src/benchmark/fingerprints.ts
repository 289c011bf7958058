import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EstimatorPlugin } from '@gimbal/core';
import { fingerprintOf, isPluginPath, pluginFolder } from '@gimbal/core/plugins';
import { ESTIMATOR_PACKAGES, estimatorManifest, isOwn } from '../estimators.js';
import { packageManifest } from '../packageVersion.js';
import { filesDigest } from './filesDigest.js';

/** Where addons are loaded from instead of their packages. */
const ADDON_VARIABLES = ['GIMBAL_NATIVE_PATH', 'GIMBAL_CUDA_CLASSICAL_PATH'];

/**
 * Changes with the code of an estimator, with its weights, and with whatever else its plug-in says that answers depend on.
 * @param reference Name or path as the registry resolves it from the folder `from`.
 * @throws GimbalError what `fingerprintOf` throws.
 */
export async function estimatorFingerprint(
  reference: string,
  plugin: EstimatorPlugin,
  options: unknown,
  from: string,
): Promise<string> {
  const files = await filesDigest(await placesOf(reference, from));
  const told = await fingerprintOf(plugin, options);
  return told === undefined ? files : `${files} ${told}`;
}

async function placesOf(reference: string, from: string): Promise<string[]> {
  if (isPluginPath(reference)) {
    return [/^file:/i.test(reference) ? fileURLToPath(reference) : path.resolve(from, reference)];
  }
  const own = isOwn(reference) ? estimatorManifest(reference, from) : undefined;
  if (own !== undefined) return ownPlaces(own);
  const folder = await pluginFolder(reference, from);
  return folder === undefined ? [] : [folder];
}

/** Changes with the code of the program and of all its packages but the estimators'. */
export async function programFingerprint(): Promise<string> {
  const manifests = new Set<string>();
  const visit = async (manifest: string): Promise<void> => {
    if (manifests.has(manifest)) return;
    manifests.add(manifest);
    const { dependencies = {} } = JSON.parse(await readFile(manifest, 'utf8'));
    for (const name of Object.keys(dependencies).sort()) {
      if (!name.startsWith('@gimbal/') || Object.values<string>(ESTIMATOR_PACKAGES).includes(name)) continue;
      await visit(createRequire(manifest).resolve(`${name}/package.json`));
    }
  };
  await visit(packageManifest);
  const places = await Promise.all([...manifests].map(ownPlaces));
  const named = ADDON_VARIABLES.flatMap((variable) => process.env[variable] ?? []);
  return filesDigest([...places.flat(), ...named]);
}

/** What a package of ours runs: what is published of it, and the addon that was built in its folder. */
async function ownPlaces(manifest: string): Promise<string[]> {
  const { files = [] } = JSON.parse(await readFile(manifest, 'utf8'));
  return [manifest, ...[...files, 'build/Release'].map((name) => path.join(path.dirname(manifest), name))];
}
