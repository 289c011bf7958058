import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { AddonPackage, ChosenBinary, PrebuiltBinary } from './addonBinary.js';
import { systemGlibc } from './systemLibc.js';

/** Why a prebuilt package that was published for this system is not there. */
export const NOT_INSTALLED = 'not installed';

/** What to do about a prebuilt package that is wrong: npm keeps one that is there. */
export const REPLACE = 'delete its folder and run "npm install"';

/** A binary that is there, or the reason why it is not. */
export type AddonCandidate = PresentBinary | { readonly candidate: string; readonly reason: string };

/** A binary that is there. */
export interface PresentBinary extends ChosenBinary {
  readonly file: string;
  /** What its package says of it, for a prebuilt one. */
  readonly prebuilt?: PrebuiltBinary;
}

interface Manifest {
  readonly version: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly gimbal?: PrebuiltBinary;
}

/** Everywhere that an addon can come from, in the order in which it is tried. */
export function addonCandidates(from: AddonPackage): AddonCandidate[] {
  const named = process.env[from.variable];
  const manifest = readManifest(path.join(from.directory, 'package.json'));
  return [
    ...(named === undefined ? [] : [namedBinary(from, named)]),
    localBuild(from),
    ...prebuiltNames(from, manifest).map((name) => prebuilt(from, name, manifest)),
  ];
}

/** The prebuilt package for this system, and whether the package that runs was published together with it. */
export function prebuiltHere(from: AddonPackage): { readonly name: string; readonly version: string | undefined } {
  const name = `${from.name}-${process.platform}-${process.arch}`;
  return { name, version: readManifest(path.join(from.directory, 'package.json')).optionalDependencies?.[name] };
}

function namedBinary({ variable }: AddonPackage, given: string): AddonCandidate {
  const file = path.resolve(given);
  if (!existsSync(file)) return { candidate: variable, reason: `names ${given}, which is not there` };
  return { candidate: variable, kind: 'named', path: given, file };
}

function localBuild({ directory, file }: AddonPackage): AddonCandidate {
  const within = `build/Release/${file}`;
  const place = path.join(directory, within);
  if (!existsSync(place)) return { candidate: 'local build', reason: 'none' };
  return { candidate: 'local build', kind: 'local', path: within, file: place };
}

/** This system's, then those for others: those only that the package lists, because they were published with it. */
function prebuiltNames(from: AddonPackage, { optionalDependencies = {} }: Manifest): string[] {
  const listed = Object.keys(optionalDependencies).filter((name) => name.startsWith(`${from.name}-`));
  return [...new Set([prebuiltHere(from).name, ...listed])];
}

function prebuilt(from: AddonPackage, name: string, { version, optionalDependencies }: Manifest): AddonCandidate {
  const refuse = (reason: string): AddonCandidate => ({ candidate: name, reason });
  if (name !== prebuiltHere(from).name) return refuse('for another system');
  let place: string;
  try {
    place = createRequire(path.join(from.directory, 'package.json')).resolve(`${name}/package.json`);
  } catch {
    if (optionalDependencies?.[name] === undefined) return refuse(`none is published with ${from.name} ${version}`);
    const musl = process.platform === 'linux' && systemGlibc() === undefined;
    return refuse(musl ? 'not installed: it needs glibc, and this system has another C library' : NOT_INSTALLED);
  }
  const manifest = readManifest(place);
  if (manifest.version !== version) return refuse(`is ${manifest.version}, and ${from.name} is ${version}; ${REPLACE}`);
  if (manifest.gimbal === undefined) return refuse(`damaged: its package.json does not describe it; ${REPLACE}`);
  const file = path.join(path.dirname(place), from.file);
  if (!existsSync(file)) return refuse(`damaged: ${from.file} is missing; ${REPLACE}`);
  return { candidate: name, kind: 'prebuilt', path: `${name}/${from.file}`, file, prebuilt: manifest.gimbal };
}

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
}
