import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openVideo } from './index.js';
import { readAll } from './testClips.js';

const shared = process.env.GIMBAL_SHARED ?? path.resolve(import.meta.dirname, '../../../../shared');
const clips = path.join(shared, 'data/clips');
const manifest = path.join(clips, 'manifest.json');

interface Entry {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
}

if (!existsSync(manifest)) console.warn(`Skipping the research clips: there is no ${manifest}.`);
const entries: Entry[] = existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')) as Entry[]) : [];

describe.skipIf(entries.length === 0)('research clips', () => {
  it.each(entries)('$file decodes to its $frames frames', async ({ file, width, height, frames }) => {
    const source = await openVideo(path.join(clips, file));
    expect(source.info).toMatchObject({ width, height });
    const { count, times } = await readAll(source);
    expect(count).toBe(frames);
    for (let i = 1; i < times.length; i++) expect(times[i]).toBeGreaterThan(times[i - 1]);
    expect(source.warnings.filter(({ code }) => code !== 'timestamps')).toEqual([]);
    await source.close();
  });
});
