import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { GimbalError } from '@gimbal/core';

/** A clip that a benchmark runs on. */
export interface BenchmarkClip {
  /** Path relative to the folder, with `/` on every system: the clip's name in all results. */
  readonly file: string;
  readonly path: string;
  readonly category: string;
}

/** Endings that are taken for video where no manifest says what is. */
const VIDEO = /\.(3gp|avi|flv|m2ts|m4v|mkv|mov|mp4|mpe?g|mts|mxf|ogv|ts|webm|wmv|y4m)$/i;

/**
 * The clips of a folder: those that its `manifest.json` names, or else every video file in it. The category is the manifest's, or the
 * first sub-folder, or, for clips that lie in the folder itself, the folder's own name. A manifest is a list of
 * `{ "file": …, "category": … }`; other fields are ignored, and it may be given in the folder's place.
 * @param limit Most clips of each category, the first ones.
 * @param leaveOut A folder within that is not looked into.
 * @throws GimbalError `GIMBAL_E_INPUT_NOT_FOUND` where there is nothing, `GIMBAL_E_CONFIG` for a manifest that does not hold together.
 */
export async function findClips(place: string, limit?: number, leaveOut?: string): Promise<BenchmarkClip[]> {
  const found = await stat(place).catch(() => undefined);
  if (found === undefined)
    throw new GimbalError('GIMBAL_E_INPUT_NOT_FOUND', `There is no folder of clips at ${place}.`);
  const folder = found.isDirectory() ? place : path.dirname(place);
  const manifest = found.isDirectory() ? path.join(place, 'manifest.json') : place;
  const listed = found.isDirectory() && !(await exists(manifest)) ? undefined : await readManifest(manifest, folder);
  const clips = listed ?? (await videosIn(folder, leaveOut));
  if (clips.length === 0) {
    const missing = listed === undefined ? 'holds no video file and no manifest.json' : 'names no clip';
    throw new GimbalError('GIMBAL_E_INPUT_NOT_FOUND', `${place} ${missing}; expected clips to compare estimators on.`);
  }
  return limit === undefined ? clips : firstOfEach(clips, limit);
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

async function videosIn(folder: string, leaveOut: string | undefined): Promise<BenchmarkClip[]> {
  const own = path.basename(path.resolve(folder));
  const skipped = leaveOut === undefined ? undefined : path.resolve(leaveOut);
  const clips: BenchmarkClip[] = [];
  const visit = async (directory: string, category: string): Promise<void> => {
    const entries = await readdir(directory, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const whole = path.join(directory, entry.name);
      if (entry.name.startsWith('.') || path.resolve(whole) === skipped) continue;
      const kind = entry.isSymbolicLink() ? await stat(whole).catch(() => entry) : entry;
      if (kind.isDirectory()) await visit(whole, directory === folder ? entry.name : category);
      else if (VIDEO.test(entry.name)) clips.push({ file: relative(folder, whole), path: whole, category });
    }
  };
  await visit(folder, own);
  return clips;
}

async function readManifest(manifest: string, folder: string): Promise<BenchmarkClip[]> {
  const broken = (what: string, cause?: unknown) =>
    new GimbalError(
      'GIMBAL_E_CONFIG',
      `${manifest}: ${what}; expected a JSON list of { "file": "Category/clip.mp4", "category": "Category" }.`,
      { cause },
    );
  let entries: unknown;
  try {
    entries = JSON.parse(await readFile(manifest, 'utf8'));
  } catch (cause) {
    throw broken((cause as Error).message, cause);
  }
  if (!Array.isArray(entries)) throw broken('it is not a list');
  const seen = new Set<string>();
  return entries.map((entry: unknown, i) => {
    const { file, category } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>;
    if (typeof file !== 'string' || file === '') throw broken(`entry ${i} names no file`);
    if (category !== undefined && typeof category !== 'string') throw broken(`the category of "${file}" is no text`);
    const whole = path.resolve(folder, file);
    const name = relative(folder, whole);
    if (seen.has(name)) throw broken(`"${file}" is listed twice`);
    seen.add(name);
    const parent = name.includes('/') ? name.split('/')[0] : path.basename(path.resolve(folder));
    return { file: name, path: whole, category: category ?? parent };
  });
}

function relative(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}

function firstOfEach(clips: readonly BenchmarkClip[], limit: number): BenchmarkClip[] {
  const taken = new Map<string, number>();
  return clips.filter(({ category }) => {
    const count = taken.get(category) ?? 0;
    taken.set(category, count + 1);
    return count < limit;
  });
}
