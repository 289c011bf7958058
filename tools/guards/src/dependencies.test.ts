import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { imports, packageOf } from './imports.js';
import { isTest, packages, sources } from './packages.js';

describe('dependencies', () => {
  for (const { folder, directory, manifest } of packages()) {
    it(`packages/${folder} declares exactly what it imports`, () => {
      const imported = new Set<string>();
      for (const file of sources(directory)) {
        if (isTest(file)) continue;
        for (const specifier of imports(readFileSync(file, 'utf8'))) {
          const name = packageOf(specifier);
          if (name !== undefined && name !== manifest.name) imported.add(name);
        }
      }
      // What is bundled, or only lends its types, is a development dependency; what is optional is looked for when it is needed.
      const shipped = [...imported].filter((name) => manifest.devDependencies?.[name] === undefined);
      const optional = Object.keys(manifest.peerDependenciesMeta ?? {});
      const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
      expect(declared.filter((name) => !optional.includes(name)).sort()).toEqual(shipped.sort());
    });
  }

  it('every package says whose it is and what it is about', () => {
    for (const { folder, manifest } of packages()) {
      const { author, keywords } = JSON.parse(JSON.stringify(manifest));
      expect([folder, author, Array.isArray(keywords) && keywords.includes('video')]).toEqual([
        folder,
        'The Gimbal authors',
        true,
      ]);
    }
  });

  it('core depends on nothing', () => {
    const core = packages().find(({ folder }) => folder === 'core');
    expect(Object.keys(core?.manifest.dependencies ?? { core: 'is missing' })).toEqual([]);
  });

  it('the siblings are asked for in the version that they have', () => {
    const versions = new Map(
      packages().map(({ manifest }) => [manifest.name, JSON.parse(JSON.stringify(manifest)).version]),
    );
    for (const { manifest } of packages()) {
      for (const [name, range] of Object.entries(manifest.dependencies ?? {})) {
        if (versions.has(name)) expect([manifest.name, name, range]).toEqual([manifest.name, name, versions.get(name)]);
      }
    }
  });
});

describe('imports', () => {
  it('finds types, re-exports and dynamic imports, and names their packages', () => {
    const text = `import type { A } from 'a/deep'; export { b } from '@b/c/d'; await import('e'); import './f.js'; import 'node:fs';`;
    expect(imports(text).map(packageOf).sort()).toEqual(['@b/c', 'a', 'e', undefined, undefined]);
  });
});
