// Gives the threads of a codec a lower priority than all others of this process.
import { readdirSync } from 'node:fs';
import os from 'node:os';

/** How many steps of `nice` the threads of a codec stand back. */
const STEPS = 5;
const LOWEST = 19;

/**
 * Opens a codec, and lets the threads that it starts stand back behind all others of this process. A codec keeps every core busy with more
 * threads than there are cores; as their equal the main thread, or one that V8 collects garbage on while the main thread waits for it,
 * would get its turn only after each of them. As long as there are cores for all, nothing changes. Only Linux knows priorities of threads;
 * elsewhere this does nothing more than to open.
 */
export async function withLowPriorityThreads<T>(open: () => Promise<T>): Promise<T> {
  const before = new Set(threads());
  const opened = await open();
  for (const thread of threads()) if (!before.has(thread)) standBack(Number(thread));
  return opened;
}

/** The numbers of this process's threads; none where they cannot be told. */
export function threads(): string[] {
  if (process.platform !== 'linux') return [];
  try {
    return readdirSync('/proc/self/task');
  } catch {
    return [];
  }
}

function standBack(thread: number): void {
  try {
    // What setpriority(2) calls a process is a thread.
    os.setPriority(thread, Math.min(LOWEST, os.getPriority(thread) + STEPS));
  } catch {
    // It has ended meanwhile, or the system does not permit it: then it runs as any other.
  }
}
