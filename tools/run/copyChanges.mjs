import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes `to` a copy of `from`, a file or a folder. A file whose bytes are the same is left alone and any other gets the time of now, so
 * that a build in the copy does again what it must and nothing else, whatever the times in `from`.
 */
export function copyChanges(from, to) {
  if (!statSync(from).isDirectory()) {
    if (!existsSync(to) || !readFileSync(from).equals(readFileSync(to))) cpSync(from, to);
    return;
  }
  mkdirSync(to, { recursive: true });
  const names = readdirSync(from);
  for (const name of readdirSync(to)) if (!names.includes(name)) rmSync(path.join(to, name), { recursive: true });
  for (const name of names) copyChanges(path.join(from, name), path.join(to, name));
}
