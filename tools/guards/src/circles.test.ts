import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { circles, type ImportGraph, sourceOf } from './circles.js';
import { imports } from './imports.js';
import { isTest, packages, root, sources } from './packages.js';

function graphOf(directory: string): ImportGraph {
  const files = sources(directory).filter((file) => !isTest(file));
  return new Map(
    files.map((file) => [
      file,
      imports(readFileSync(file, 'utf8')).flatMap((specifier) => sourceOf(file, specifier) ?? []),
    ]),
  );
}

describe('circles of imports', () => {
  for (const { folder, directory } of packages()) {
    it(`packages/${folder} has none`, () => {
      const named = circles(graphOf(directory)).map((files) => files.map((file) => path.relative(root, file)));
      expect(named).toEqual([]);
    });
  }

  it('finds circles of two and more files, and no others', () => {
    const graph: ImportGraph = new Map([
      ['a', ['b', 'c']],
      ['b', ['c']],
      ['c', ['d']],
      ['d', ['b', 'e']],
      ['e', []],
      ['f', ['g']],
      ['g', ['f', 'a']],
    ]);
    expect(circles(graph).map((files) => files.join(' '))).toEqual(['b c d', 'f g']);
  });

  it('follows relative imports to their sources', () => {
    expect(sourceOf('src/a/x.ts', '../b.js')).toBe(path.join('src', 'b.ts'));
    expect(sourceOf('src/a/x.ts', 'node:fs')).toBeUndefined();
  });
});
