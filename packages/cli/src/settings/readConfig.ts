import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
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
  if (/\.[cm]?ts$/.test(file)) return loadScript(file);
  try {
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
    return module.default;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' || !/'@gimbal\//.test(message)) throw cause;
    return loadScript(file);
  }
}

/** Loads TypeScript, and finds our packages beside the program where the file's own folder has none, as with a global install. */
async function loadScript(file: string): Promise<unknown> {
  // Loaded only here: the TypeScript loader costs more than the rest of the start-up.
  const { createJiti } = await import('jiti');
  return createJiti(import.meta.url, { alias: ownPackages(file), fsCache: false }).import(file, { default: true });
}

/** Every entry of our packages that the program has and a file cannot find by itself: its name, and where the program has it. */
function ownPackages(file: string): Record<string, string> {
  const own = createRequire(import.meta.url);
  const fromFile = createRequire(file);
  const { name: self, dependencies } = own('@gimbal/cli/package.json') as PackageManifest;
  const found: Record<string, string> = {};
  for (const name of [self, ...Object.keys(dependencies ?? {})]) {
    if (!name.startsWith('@gimbal/') || finds(fromFile, `${name}/package.json`)) continue;
    const { exports = {} } = own(`${name}/package.json`) as PackageManifest;
    for (const entry of Object.keys(exports)) {
      const specifier = `${name}${entry.slice(1)}`;
      if (finds(own, specifier)) found[specifier] = own.resolve(specifier);
    }
  }
  return found;
}

interface PackageManifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
}

function finds(require: NodeJS.Require, specifier: string): boolean {
  try {
    require.resolve(specifier);
    return true;
  } catch {
    return false;
  }
}
