// Settings as options of the command line.
import { GimbalError } from '@gimbal/core';
import { type Command, Option } from 'commander';
import { type PartialSettings, SETTINGS, type Setting, type SettingName } from './settings.js';
import { flag } from './valueKind.js';

const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** Settings that are collected from a flag which may come several times, and what commander calls it. */
const REPEATABLE: Readonly<Partial<Record<SettingName, string>>> = {
  estimatorOptions: 'estimatorOption',
  smootherOptions: 'smootherOption',
};

/** Settings that are a list, one entry for each time that the flag comes. */
const LISTS: readonly SettingName[] = ['region'];

const flagName = (setting: Setting<unknown>) => setting.flags.split(' ')[0];

/** Adds one commander option for every setting that is named, all of them unless told. Defaults stay with {@link SETTINGS}: a flag that was not given must not win. */
export function addSettings(command: Command, names: readonly SettingName[] = SETTING_NAMES): Command {
  for (const name of names) {
    const setting: Setting<unknown> = SETTINGS[name];
    const shown = typeof setting.fallback === 'string' || typeof setting.fallback === 'number';
    const description = shown ? `${setting.description} (default: ${setting.fallback})` : setting.description;
    if (name in REPEATABLE || LISTS.includes(name))
      command.option(setting.flags, description, (value: string, all: string[] = []) => [...all, value]);
    else command.option(setting.flags, description);
    // What a config file switches on, the command line can switch off.
    if (setting.kind === flag) command.addOption(new Option(flagName(setting).replace('--', '--no-')).hideHelp());
  }
  return command;
}

/**
 * What the command line said, checked.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` naming the flag, what was expected and what came.
 */
export function readFlags(
  options: Record<string, unknown>,
  names: readonly SettingName[] = SETTING_NAMES,
): PartialSettings {
  const flags: Record<string, unknown> = {};
  for (const name of names) {
    const setting: Setting<unknown> = SETTINGS[name];
    const repeated = REPEATABLE[name];
    const raw =
      repeated === undefined ? options[name] : keyValues(options[repeated] as string[] | undefined, flagName(setting));
    if (raw === undefined) continue;
    const value = setting.kind.parse(raw);
    if (value === undefined) {
      throw new GimbalError(
        'GIMBAL_E_INVALID_ARGUMENT',
        `${flagName(setting)} expects ${setting.kind.expected}; received "${String(raw)}".`,
      );
    }
    flags[name] = value;
  }
  return flags as PartialSettings;
}

/**
 * `key=value` pairs as an object; a value that reads as JSON (number, boolean, list) becomes what it says, otherwise it is text.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT`
 */
export function keyValues(
  pairs: readonly string[] | undefined,
  flag = '--estimator-option',
): Record<string, unknown> | undefined {
  if (pairs === undefined || pairs.length === 0) return undefined;
  const out: Record<string, unknown> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) {
      throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `${flag} expects key=value; received "${pair}".`);
    }
    const text = pair.slice(at + 1);
    try {
      out[pair.slice(0, at)] = JSON.parse(text);
    } catch {
      out[pair.slice(0, at)] = text;
    }
  }
  return out;
}
