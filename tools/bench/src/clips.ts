import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { shared } from './places.js';

/** One of the research clips. */
export interface Clip {
  /** `Category/name.ext`. */
  readonly file: string;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
}

/** The clips whose name contains one of the given words; all of them for no word. Empty, with a message, when there are none. */
export function sharedClips(words: readonly string[]): Clip[] {
  const manifest = path.join(shared, 'data/clips/manifest.json');
  if (!existsSync(manifest)) {
    console.log(`skipped: no research clips at ${path.dirname(manifest)} (GIMBAL_SHARED points elsewhere)`);
    return [];
  }
  const clips: Omit<Clip, 'path'>[] = JSON.parse(readFileSync(manifest, 'utf8'));
  return clips
    .filter(({ file }) => words.length === 0 || words.some((word) => file.includes(word)))
    .map(({ file, width, height, frames }) => ({
      file,
      path: path.join(shared, 'data/clips', file),
      width,
      height,
      frames,
    }));
}
