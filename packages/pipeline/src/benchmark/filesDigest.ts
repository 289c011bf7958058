import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** What no answer depends on: documents, and what is made for readers of code. */
const LEFT_OUT = /\.(md|map|d\.ts)$/i;

/**
 * Digest of names and contents of files, and of all files in folders but those in `node_modules` or hidden ones: it changes when one of them
 * does, and not when they are written again as they were. Places that are not there count as empty.
 */
export async function filesDigest(places: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const place of places) await add(hash, place, path.basename(place));
  return hash.digest('hex');
}

async function add(hash: Hash, place: string, name: string): Promise<void> {
  const found = await stat(place).catch(() => undefined);
  if (found?.isDirectory()) {
    const entries = await readdir(place, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name === 'node_modules' || entry.name.startsWith('.') || LEFT_OUT.test(entry.name)) continue;
      const inside = path.join(place, entry.name);
      // A link to a folder may lead back to where it lies.
      if (entry.isSymbolicLink() && (await stat(inside).catch(() => undefined))?.isFile() !== true) continue;
      await add(hash, inside, `${name}/${entry.name}`);
    }
  } else if (found?.isFile()) {
    hash.update(`\0${name}\0${found.size}\0`);
    for await (const part of createReadStream(place)) hash.update(part);
  }
}
