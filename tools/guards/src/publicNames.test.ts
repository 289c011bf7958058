import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { packages, root } from './packages.js';
import { exportedNames, indexViolations, undocumentedExports } from './publicNames.js';

const config = path.join(root, 'tsconfig.json');
const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(config, ts.sys.readFile).config, ts.sys, root);

/** How many names the main entries of the packages that everything stands on may have. */
const MOST_NAMES: Readonly<Record<string, number>> = { core: 90, native: 35 };

describe('public names', () => {
  for (const { folder, directory } of packages()) {
    const index = path.join(directory, 'src/index.ts');

    it(`packages/${folder}/src/index.ts lists them and does nothing else`, () => {
      expect(indexViolations(readFileSync(index, 'utf8'))).toEqual([]);
    });

    it(`each public name of packages/${folder} has a docblock`, () => {
      expect(undocumentedExports(index, options)).toEqual([]);
    });
  }

  for (const [folder, most] of Object.entries(MOST_NAMES)) {
    it(`packages/${folder} has at most ${most}`, () => {
      const names = exportedNames(readFileSync(path.join(root, `packages/${folder}/src/index.ts`), 'utf8'));
      expect(names.length).toBeGreaterThan(10);
      expect(names.length).toBeLessThanOrEqual(most);
    });
  }

  it('counts names, types among them', () => {
    expect(exportedNames("export { a, type B, c as d } from './a.js';\nexport type { E } from './e.js';")).toEqual([
      'a',
      'B',
      'd',
      'E',
    ]);
  });

  it('sees what an index must not hold', () => {
    expect(indexViolations("export { a, type B } from './a.js';")).toEqual([]);
    expect(indexViolations("export * from './a.js'; const c = 1; export { c };")).toHaveLength(3);
  });

  it('sees a name without a docblock', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'gimbal-guard-'));
    const entry = path.join(folder, 'index.ts');
    writeFileSync(entry, '/** Said. */\nexport const said = 1;\nexport function silent(): void {}\n');
    const missing = undocumentedExports(entry, { noLib: true, types: [] });
    rmSync(folder, { recursive: true });
    expect(missing.map((line) => line.split(' ')[0])).toEqual(['silent']);
  });
});
