import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './packages.js';
import { retiredWords } from './retiredWords.js';

/** History keeps the words of its time; the list itself names them. */
const HISTORY = /^(docs\/(decisions|notebook)\/|\.changeset\/|tools\/guards\/src\/retiredWords)|CHANGELOG\.md$/;
const READ = /\.(ts|mjs|cjs|py|cpp|hpp|cu|cuh|cmake|md|sh)$/;

describe('the words of the house', () => {
  it('are those of docs/vocabulary.md: no name that was given up', () => {
    const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0');
    const read = tracked.filter((file) => READ.test(file) && !HISTORY.test(file) && existsSync(path.join(root, file)));
    expect(read.length).toBeGreaterThan(500);
    const found = read.flatMap((file) =>
      retiredWords(readFileSync(path.join(root, file), 'utf8')).map((word) => `${file}: ${word}`),
    );
    expect(found).toEqual([]);
  });

  it('are seen as whole names only', () => {
    expect(retiredWords('const plan = lookAheadPlan(options);')).toEqual(['lookAheadPlan → onlinePlanner']);
    expect(retiredWords('a change of scene; unpullBacked')).toEqual([]);
  });
});
