import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { GimbalError } from '@gimbal/core';
import type { GimbalConfig } from './defineConfig.js';
import { didYouMean } from './didYouMean.js';
import { SETTINGS, type Setting, type SettingName } from './settings.js';

/** Names under which a config file is found in the working directory, in the order they are tried. */
export const CONFIG_NAMES = [
  'gimbal.config.ts',
  'gimbal.config.js',
  'gimbal.config.mjs',
  'gimbal.config.json',
] as const;

/**
 * Checks what a config file says.
 * @throws GimbalError `GIMBAL_E_CONFIG` naming the file, the key and what was expected.
 */
export function checkConfig(raw: unknown, file: string): GimbalConfig {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw new GimbalError(
      'GIMBAL_E_CONFIG',
      `${file}: expected an object as the default export, received ${describe(raw)}.`,
    );
  }
  const known = Object.keys(SETTINGS);
  const config: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw)) {
    if (!known.includes(key)) {
      const hint = didYouMean(key, known) || ` Known keys: ${known.join(', ')}.`;
      throw new GimbalError('GIMBAL_E_CONFIG', `${file}: unknown key "${key}".${hint}`);
    }
    if (value === undefined) continue;
    const setting = SETTINGS[key as SettingName] as Setting<unknown>;
    const parsed = setting.kind.parse(value);
    if (parsed === undefined) {
      throw new GimbalError(
        'GIMBAL_E_CONFIG',
        `${file}: "${key}" must be ${setting.kind.expected}; received ${describe(value)}.`,
      );
    }
    config[key] = parsed;
  }
  return config as GimbalConfig;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/**
 * Reads the file that was named, or the one in the working directory, or says nothing if there is none. A relative path of a
 * plug-in in a config file is relative to that file.
 */
export async function readConfig(named: string | undefined, directory = process.cwd()): Promise<GimbalConfig> {
  const file =
    named === undefined
      ? CONFIG_NAMES.map((name) => path.join(directory, name)).find((candidate) => existsSync(candidate))
      : path.resolve(directory, named);
  if (file === undefined) return {};
  if (!existsSync(file)) throw new GimbalError('GIMBAL_E_CONFIG', `No config file at ${file}.`);
  let raw: unknown;
  try {
    raw = await load(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GimbalError('GIMBAL_E_CONFIG', `${file} cannot be read: ${reason}`, { cause });
  }
  const config = checkConfig(raw, path.relative(directory, file) || file);
  const ownPath = (reference: unknown) =>
    typeof reference === 'string' && /^\.{1,2}[\\/]/.test(reference)
      ? path.resolve(path.dirname(file), reference)
      : undefined;
  const [estimator, smoother] = [ownPath(config.estimator), ownPath(config.smoother)];
  return { ...config, ...(estimator !== undefined && { estimator }), ...(smoother !== undefined && { smoother }) };
}

async function load(file: string): Promise<unknown> {
  if (file.endsWith('.json')) return JSON.parse(await readFile(file, 'utf8'));
  if (/\.[cm]?ts$/.test(file)) {
    // Loaded only here: the TypeScript loader costs more than the rest of the start-up.
    const { createJiti } = await import('jiti');
    return createJiti(import.meta.url).import(file, { default: true });
  }
  const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  return module.default;
}
