import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';

/** A file system of a few kilobytes, for tests of full disks. */
export interface SmallDisk {
  /** Where it is mounted, in a test or a hook of the suite: skips the test, saying why, where none can be mounted. */
  folder(skip: (reason: string) => never): string;
  /** Takes it away again, and its folder. For `afterAll`. */
  remove(): void;
}

/**
 * Mounts nothing before a test asks, so that a run which leaves the test out leaves nothing behind either; only the superuser can.
 * @param place The folder to mount it in; it is made, and must not hold anything.
 * @param size As `mount` takes it, such as `192k`.
 */
export function smallDisk(place: string, size: string): SmallDisk {
  let mounted = false;
  return {
    folder(skip) {
      if (mounted) return place;
      mkdirSync(place, { recursive: true });
      const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', place]);
      if (status !== 0) {
        skip(`a small file system can only be mounted by the superuser: ${error?.message ?? String(stderr).trim()}`);
      }
      mounted = true;
      process.once('exit', unmount);
      return place;
    },
    remove() {
      unmount();
      rmSync(place, { recursive: true, force: true });
    },
  };

  function unmount(): void {
    if (!mounted) return;
    mounted = false;
    process.off('exit', unmount);
    // Lazily: a file of a test that failed may still be open in it.
    execFileSync('umount', ['--lazy', place]);
  }
}
