import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { packages, root } from './packages.js';
import { compileErrors, typescriptBlocks } from './readmeExamples.js';

const config = path.join(root, 'tsconfig.json');
const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(config, ts.sys.readFile).config, ts.sys, root);

describe('the examples of the READMEs', () => {
  const readmes = ['README.md', ...packages().map(({ folder }) => `packages/${folder}/README.md`)];

  it('compile against the real packages', () => {
    const missing = readmes.filter((file) => !existsSync(path.join(root, file)));
    expect(missing).toEqual([]);
    const blocks = readmes.flatMap((file) => typescriptBlocks(readFileSync(path.join(root, file), 'utf8')));
    expect(blocks.length).toBeGreaterThanOrEqual(packages().length);
    expect(compileErrors(blocks, root, options)).toEqual([]);
  });

  it('would not compile with a name that does not exist', () => {
    const [block] = typescriptBlocks("text\n```ts\nimport { nothing } from '@gimbal/core';\nnothing();\n```\n");
    expect(compileErrors([block], root, options)).toHaveLength(1);
  });
});
