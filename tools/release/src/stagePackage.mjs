import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Copies what a package publishes into `folder`, ready for `npm pack`, with `addon` (a .node file) in the place of the one that lies in
 * its build folder, so that a development build and a release never mix.
 */
export function stagePackage(directory, folder, addon) {
  const manifest = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
  const always = readdirSync(directory).filter((name) => /^(package\.json|readme|licen[cs]e)/i.test(name));
  const listed = (manifest.files ?? []).filter((entry) => !entry.startsWith('build/') && !entry.startsWith('!'));
  mkdirSync(folder, { recursive: true });
  for (const name of [...always, ...listed]) {
    const from = path.join(directory, name);
    if (existsSync(from)) cpSync(from, path.join(folder, name), { recursive: true });
  }
  if (addon !== undefined) {
    const place = path.join(folder, 'build/Release');
    mkdirSync(place, { recursive: true });
    cpSync(addon, path.join(place, path.basename(addon)));
  }
}
