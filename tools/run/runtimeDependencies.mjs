import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './stage.mjs';

/**
 * The folders, relative to the repository, of every installed package that our projects need when they run, and of the named ones with
 * theirs, as Node would find them. Optional packages that are not installed (those of other systems) and our own are left out.
 */
export function runtimeDependencies(projects, names, leaveOut = []) {
  const found = new Set();
  const visit = (name, from) => {
    if (name.startsWith('@gimbal/') || leaveOut.includes(name)) return;
    const folder = resolveFolder(name, from);
    if (folder === undefined || found.has(folder)) return;
    found.add(folder);
    visitNeeds(folder);
  };
  const visitNeeds = (folder) => {
    const { dependencies, optionalDependencies } = readPackage(folder);
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) visit(needed, folder);
  };
  for (const project of projects) visitNeeds(project);
  for (const name of names) visit(name, '.');
  return [...found].sort();
}

/** The package.json of a folder of the repository. */
export function readPackage(folder) {
  return JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
}

/** Looks for a package beside and above the one that needs it. */
function resolveFolder(name, from) {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(root, candidate, 'package.json'))) return candidate;
    if (folder === '.') return undefined;
  }
}
