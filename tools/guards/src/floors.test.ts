import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { floorViolations } from './floors.js';
import { isTest, packages, sources } from './packages.js';

describe('the floors', () => {
  for (const { folder, directory } of packages()) {
    it(`packages/${folder} imports downwards only`, () => {
      const wrong = sources(directory).flatMap((file) =>
        floorViolations({
          folder,
          file: path.relative(directory, file).split(path.sep).join('/'),
          text: readFileSync(file, 'utf8'),
          test: isTest(file),
        }),
      );
      expect(wrong).toEqual([]);
    });
  }

  const violations = (folder: string, text: string, test = false): string[] =>
    floorViolations({ folder, file: 'src/x.ts', text, test });

  it('sees imports that point up, sideways, deep, out of the package, or to Node', () => {
    expect(violations('core', "import type { A } from '@gimbal/video';")).toHaveLength(1);
    expect(violations('smoothers', "export { a } from '@gimbal/metrics';")).toHaveLength(1);
    expect(violations('cli', "const a = await import('@gimbal/core/dist/a.js');")).toHaveLength(1);
    expect(violations('cli', "import { a } from '@gimbal/pipeline/stabilizeRun';")).toHaveLength(1);
    expect(violations('pipeline', "import { a } from '@gimbal/cli';")).toHaveLength(1);
    expect(violations('native', "import { a } from '../../core/src/a.js';")).toHaveLength(1);
    expect(violations('metrics', "import { readFile } from 'node:fs/promises';")).toHaveLength(1);
    expect(violations('stranger', '')).toHaveLength(1);
    expect(violations('core', "import { a } from '@gimbal/fixtures';")).toHaveLength(1);
  });

  it('keeps Node out of what runs in a browser, but for an entry of its own', () => {
    const text = "export const f = () => import('node:fs');";
    expect(violations('core', text)).toHaveLength(1);
    expect(floorViolations({ folder: 'core', file: 'src/plugin/node/x.ts', text, test: false })).toEqual([]);
    expect(violations('cli', "import { createRegistry } from '@gimbal/core/plugins';")).toEqual([]);
    expect(violations('cli', "import { createRegistry } from '@gimbal/core/dist/plugins.js';")).toHaveLength(1);
  });

  it('lets imports point down, and tests use the fixtures', () => {
    expect(violations('cli', "import { a } from '@gimbal/core'; import { b } from './b.js';")).toEqual([]);
    expect(violations('cli', "import { a } from '@gimbal/pipeline/benchmark';")).toEqual([]);
    expect(violations('core', "import { a } from '@gimbal/fixtures'; import 'node:fs';", true)).toEqual([]);
  });
});
