import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { GimbalError } from '@gimbal/core';
import type { AddonBinary, AddonPackage, PrebuiltBinary, RejectedBinary } from './addonBinary.js';
import { addonCandidates, NOT_INSTALLED, type PresentBinary, prebuiltHere, REPLACE } from './addonCandidates.js';
import { glibcProblem, systemGlibc } from './systemLibc.js';

/** An addon, and which binary it is. */
export interface OpenedAddon<Addon> {
  readonly addon: Addon;
  readonly binary: AddonBinary;
}

/**
 * Loads a package's addon: the file that the environment variable names and no other; else the local build; else the prebuilt package
 * for this system. The first that loads is taken, and the answer says why the others were not.
 * @throws GimbalError `GIMBAL_E_ADDON` saying why each of them does not serve, and what to do.
 */
export function openAddon<Addon>(from: AddonPackage): OpenedAddon<Addon> {
  const candidates = addonCandidates(from);
  const rejected: RejectedBinary[] = [];
  let cause: unknown;
  for (const [index, candidate] of candidates.entries()) {
    const { candidate: name } = candidate;
    if ('reason' in candidate) rejected.push(candidate);
    else {
      const opened = open<Addon>(candidate);
      if ('addon' in opened) {
        const { kind, path } = candidate;
        for (const later of candidates.slice(index + 1)) {
          rejected.push('reason' in later ? later : { candidate: later.candidate, reason: `${name} comes first` });
        }
        return { addon: opened.addon, binary: { chosen: { candidate: name, kind, path }, rejected } };
      }
      rejected.push({ candidate: name, reason: opened.reason });
      cause ??= opened.cause;
    }
    if (name === from.variable) break;
  }
  throw new GimbalError('GIMBAL_E_ADDON', refusal(from, rejected), { cause });
}

function open<Addon>({
  file,
  prebuilt,
}: PresentBinary): { readonly addon: Addon } | { readonly reason: string; readonly cause?: unknown } {
  // Before it is mapped: touching what a truncated file lacks ends the process.
  const { size } = statSync(file);
  if (prebuilt && size !== prebuilt.bytes) {
    return { reason: `damaged: ${size} bytes instead of ${prebuilt.bytes}; ${REPLACE}` };
  }
  try {
    return { addon: createRequire(import.meta.url)(file) as Addon };
  } catch (cause) {
    return { reason: whyUnloadable(file, prebuilt, cause), cause };
  }
}

function whyUnloadable(file: string, prebuilt: PrebuiltBinary | undefined, cause: unknown): string {
  const [said] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
  if (prebuilt !== undefined) {
    if (createHash('sha256').update(readFileSync(file)).digest('hex') !== prebuilt.sha256) {
      return `damaged: its checksum differs; ${REPLACE}`;
    }
    const problem = prebuilt.glibc === undefined ? undefined : glibcProblem(prebuilt.glibc, systemGlibc());
    if (problem !== undefined) return problem;
  }
  return `does not load: ${said}`;
}

function refusal(from: AddonPackage, rejected: readonly RejectedBinary[]): string {
  const found = rejected.map(({ candidate, reason }) => `${candidate}: ${reason}`).join('; ');
  const start = `No addon of ${from.name} loads on ${process.platform}-${process.arch} (${found}).`;
  if (rejected.some(({ candidate }) => candidate === from.variable)) {
    return `${start} Correct ${from.variable} or unset it.`;
  }
  const build = `build it with "npm run build:native -w ${from.name}" (it needs CMake 3.24 or newer and a C++20 compiler)`;
  if (existsSync(path.join(from.directory, 'CMakeLists.txt'))) return `${start} To have one, ${build}.`;
  const elsewhere = `${build} in a checkout of Gimbal and let ${from.variable} name ${from.file}`;
  const { name, version } = prebuiltHere(from);
  const absent = rejected.some(({ candidate, reason }) => candidate === name && reason === NOT_INSTALLED);
  if (!absent) return `${start} To have one, ${elsewhere}.`;
  return `${start} Install it with "npm install ${name}@${version}" (npm leaves it out with --omit=optional), or ${elsewhere}.`;
}
