// A folder for the outputs of a benchmark while they are measured.
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

const PREFIX = '.work-';

/** Makes a folder for outputs while they are measured, and removes those that processes left behind which are no more. */
export async function workFolder(within: string): Promise<string> {
  for (const name of await readdir(within)) {
    const owner = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length)) : Number.NaN;
    if (owner > 0 && !isAlive(owner)) await rm(path.join(within, name), { recursive: true, force: true });
  }
  const folder = path.join(within, `${PREFIX}${process.pid}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process exists too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
