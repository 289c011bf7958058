import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWhenStale } from '../../run/buildWhenStale.js';
import { BUNDLERS } from './browserBundles.js';
import { root } from './pack.js';

const entry = path.join(import.meta.dirname, 'browserEntry.js');
const folder = mkdtempSync(path.join(tmpdir(), 'gimbal-browser-'));
const CHROMIUMS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const chromium = CHROMIUMS.find((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0);
const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
let expected: unknown;

beforeAll(async () => {
  for (const name of ['core', 'smoothers', 'metrics']) await buildWhenStale(path.join(root, 'packages', name));
  // By Node itself: the tests' own imports are the sources.
  const { stdout } = await run(process.execPath, [
    '--input-type=module',
    '-e',
    `import { figures } from ${JSON.stringify(pathToFileURL(entry).href)}; console.log(JSON.stringify(await figures()));`,
  ]);
  expected = JSON.parse(stdout);
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = promisify(execFile);

describe.each(Object.keys(BUNDLERS))('core, smoothers and metrics for a browser, by %s', (name) => {
  const script = path.join(folder, name, 'page.js');

  it('bundle without a warning, and without Node', async () => {
    mkdirSync(path.dirname(script));
    expect(await BUNDLERS[name](entry, script)).toEqual([]);
    expect(readFileSync(script, 'utf8')).not.toMatch(/node:|\brequire\(/);
    expect(statSync(script).size).toBeGreaterThan(20_000);
  }, 120_000);

  it('say in Chromium what they say in Node', async ({ skip }) => {
    if (chromium === undefined) skip(`none of ${CHROMIUMS.join(', ')} is installed`);
    const page = path.join(folder, name, 'page.html');
    writeFileSync(page, '<!doctype html><meta charset="utf-8"><title>t</title><body><script src="page.js"></script>');
    const profile = `--user-data-dir=${path.join(folder, name, 'profile')}`;
    const dump = [...QUIET, profile, '--virtual-time-budget=20000', '--dump-dom', pathToFileURL(page).href];
    const { stdout } = await run(chromium as string, dump, { timeout: 100_000 });
    const said = /<body>(.*?)<\/body>/s.exec(stdout)?.[1] ?? stdout;
    expect(JSON.parse(said)).toEqual(expected);
  }, 120_000);
});
