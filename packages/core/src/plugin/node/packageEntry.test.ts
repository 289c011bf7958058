import { describe, expect, it } from 'vitest';
import { packageEntry } from './packageEntry.js';

describe('packageEntry', () => {
  it.each<[unknown, string | undefined]>([
    [{}, 'index.js'],
    [{ main: 'lib/main.js' }, 'lib/main.js'],
    [{ main: '' }, 'index.js'],
    [{ main: 3 }, 'index.js'],
    [{ exports: './a.js', main: 'b.js' }, './a.js'],
    [{ exports: { '.': './a.js' } }, './a.js'],
    [{ exports: { import: './a.mjs', require: './a.cjs' } }, './a.mjs'],
    [{ exports: { require: './a.cjs', default: './a.js' } }, './a.js'],
    [{ exports: { '.': { types: './a.d.ts', default: './a.js' }, './package.json': './package.json' } }, './a.js'],
    [{ exports: { '.': { default: './first.js', import: './second.js' } } }, './first.js'],
    [{ exports: { '.': { node: { require: './a.cjs' }, default: './b.js' } } }, './b.js'],
    [{ exports: { '.': { node: { import: './a.js' }, default: './b.js' } } }, './a.js'],
    [{ exports: { browser: './web.js', 'module-sync': './sync.js' } }, './sync.js'],
    [{ exports: ['./a.js', './b.js'] }, './a.js'],
    [{ exports: { '.': [{ require: './a.cjs' }, './b.js'] } }, './b.js'],
    [{ exports: null, main: 'b.js' }, 'b.js'],
    [{ exports: { './other': './a.js' }, main: 'b.js' }, undefined],
    [{ exports: { '.': null } }, undefined],
    [{ exports: { require: './a.cjs' } }, undefined],
    [{ exports: '../outside.js' }, undefined],
    [{ exports: './a/../../outside.js' }, undefined],
    [{ exports: 'bare.js' }, undefined],
  ])('of %j is %s', (manifest, entry) => {
    expect(packageEntry(manifest as Record<string, unknown>)).toBe(entry);
  });
});
