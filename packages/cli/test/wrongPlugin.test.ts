import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shakyClip } from '../../pipeline/test/clips.js';
import { type PluginSource, writePlugin } from './pluginFiles.js';
import { runGimbal } from './runGimbal.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-plugin-'));
const input = path.join(folder, 'in.mp4');
const output = path.join(folder, 'out.mp4');

beforeAll(() => shakyClip(input, { frames: 12 }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const stabilizeWith = (estimator: string, ...more: string[]) =>
  runGimbal(['stabilize', input, output, '--estimator', estimator, ...more], { cwd: folder });

interface Case {
  readonly title: string;
  readonly name: string;
  readonly source: PluginSource;
  readonly flags?: readonly string[];
  readonly message: RegExp;
  readonly error: string;
  readonly code: number;
}

const cases: Case[] = [
  {
    title: 'NaN in a homography',
    name: 'nan',
    source: { estimate: 'still.homographies[2] = NaN; return still;' },
    message: /error: Estimator "nan" gave a homography with NaN in it at frame 1\./,
    error: 'GIMBAL_E_PLUGIN_FAILED',
    code: 5,
  },
  {
    title: 'an estimator that never answers',
    name: 'silent',
    source: { estimate: 'return new Promise(() => setInterval(() => {}, 1000));' },
    flags: ['--timeout', '0.5'],
    message: /error: Estimator "silent" gave no answer for frame 1 within 0\.5 s/,
    error: 'GIMBAL_E_PLUGIN_TIMEOUT',
    code: 5,
  },
  {
    title: 'an estimator that throws',
    name: 'throwing',
    source: { estimate: "if (frame.index === 3) throw new Error('lens cap on'); return still;" },
    message: /error: Estimator "throwing" failed at frame 3: lens cap on/,
    error: 'GIMBAL_E_PLUGIN_FAILED',
    code: 5,
  },
  {
    title: 'a module that throws while it loads',
    name: 'broken',
    source: { before: "throw new Error('no licence');" },
    message: /error: .*broken\.mjs.*no licence/,
    error: 'GIMBAL_E_PLUGIN_FAILED',
    code: 5,
  },
  {
    title: 'the wrong apiVersion',
    name: 'future',
    source: { apiVersion: 99 },
    message: /error: .*future\.mjs.* was made for version 99 of the plug-in contract, this program speaks version 1/,
    error: 'GIMBAL_E_PLUGIN_API_VERSION',
    code: 5,
  },
  {
    title: 'a plug-in that cannot run here',
    name: 'elsewhere',
    source: { supports: '0' },
    message: /error: Estimator "elsewhere" cannot run with device "auto": it does not support this machine/,
    error: 'GIMBAL_E_DEVICE_UNAVAILABLE',
    code: 6,
  },
  {
    title: 'an answer that is no motion field',
    name: 'odd',
    source: { estimate: 'return 42;' },
    message: /error: Estimator "odd" gave no motion field at frame 1\./,
    error: 'GIMBAL_E_PLUGIN_FAILED',
    code: 5,
  },
  {
    title: 'an option that the plug-in refuses',
    name: 'picky',
    source: { parseOptions: "throw new Error('level must be a number, received ' + raw.level);" },
    flags: ['--estimator-option', 'level=high'],
    message: /error: `parseOptions` of estimator "picky" failed: level must be a number, received high/,
    error: 'GIMBAL_E_PLUGIN_FAILED',
    code: 5,
  },
];

describe('a plug-in that goes wrong', () => {
  it.each(cases)('$title', async ({ name, source, flags = [], message, error, code }) => {
    const ended = await stabilizeWith(writePlugin(folder, name, source), ...flags);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).toContain(`(${error})`);
    expect([ended.code, ended.stdout]).toEqual([code, '']);
    expect(readdirSync(folder).filter((file) => file.includes('out'))).toEqual([]);
  });

  it('a package that is not installed, and a path that leads nowhere', async () => {
    const missing = await stabilizeWith('nowhere');
    expect(missing.stderr).toMatch(
      /error: No estimator is called "nowhere": looked for gimbal-estimator-nowhere .*Known here: classical.*\(GIMBAL_E_PLUGIN_NOT_FOUND\)/,
    );
    expect(missing.code).toBe(5);
    const path = await stabilizeWith('./nowhere.mjs');
    expect(path.stderr).toMatch(/error: There is no plug-in at "\.\/nowhere\.mjs".*\(GIMBAL_E_PLUGIN_NOT_FOUND\)/);
    expect(path.code).toBe(5);
  });

  it('a module without a plug-in', async () => {
    writeFileSync(path.join(folder, 'empty.mjs'), 'export const x = 1;\n');
    const ended = await stabilizeWith('./empty.mjs');
    expect(ended.stderr).toMatch(/error: .*empty\.mjs.* has no default export.*\(GIMBAL_E_PLUGIN_INVALID\)/);
    expect(ended.code).toBe(5);
  });

  it.each(['return new Promise(() => {});', "throw new Error('stuck');"])(
    'does not spoil a finished run: dispose() { %s }',
    async (dispose) => {
      const ended = await stabilizeWith(writePlugin(folder, 'clinging', { dispose }), '--json');
      expect([ended.code, JSON.parse(ended.stdout).ok]).toEqual([0, true]);
      rmSync(output);
    },
  );

  it('is an object on stdout with --json', async () => {
    const ended = await stabilizeWith(writePlugin(folder, 'nan', cases[0].source), '--json');
    expect(JSON.parse(ended.stdout)).toMatchObject({
      ok: false,
      error: { code: 'GIMBAL_E_PLUGIN_FAILED', exitCode: 5 },
    });
  });

  it('shows its stack with DEBUG=gimbal only', async () => {
    const file = writePlugin(folder, 'throwing', cases[2].source);
    const args = ['stabilize', input, output, '--estimator', file];
    expect((await runGimbal(args)).stderr).not.toMatch(/\n {4}at /);
    const ended = await runGimbal(args, { env: { DEBUG: 'gimbal' } });
    expect(ended.stderr).toMatch(/caused by Error: lens cap on\n {4}at .*throwing\.mjs/);
  });
});

describe('a plug-in that works', () => {
  it('runs by name from the project and is listed', async () => {
    const home = path.join(folder, 'node_modules/@team/gimbal-estimator-still');
    mkdirSync(home, { recursive: true });
    writePlugin(home, 'still');
    writeFileSync(
      path.join(home, 'package.json'),
      JSON.stringify({
        name: '@team/gimbal-estimator-still',
        version: '2.1.0',
        type: 'module',
        exports: { '.': { default: './still.mjs' } },
      }),
    );
    const ended = await stabilizeWith('@team/still', '--json', '--overwrite');
    expect([ended.code, ended.stderr.includes('error:')]).toEqual([0, false]);
    expect(JSON.parse(ended.stdout)).toMatchObject({ ok: true, estimator: 'still', frames: 12 });
    const list = await runGimbal(['estimators', '--json'], { cwd: folder });
    expect(JSON.parse(list.stdout).estimators).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'classical', origin: 'built in', problem: null }),
        expect.objectContaining({ name: '@team/gimbal-estimator-still', origin: 'installed', score: 1, problem: null }),
      ]),
    );
  });

  it.each([
    ['by name', 'gimbal-estimator-phase'],
    ['by its short name', 'phase'],
    ['by path', path.resolve(import.meta.dirname, '../../../examples/gimbal-estimator-phase/dist/index.js')],
    ['by the path of its folder', path.resolve(import.meta.dirname, '../../../examples/gimbal-estimator-phase')],
  ])('the example runs %s', async (_, estimator) => {
    const ended = await runGimbal(
      ['stabilize', input, output, '--estimator', estimator, '--estimator-option', 'grid=64', '--overwrite', '--json'],
      { cwd: import.meta.dirname },
    );
    expect(ended.stderr).not.toContain('error:');
    expect(JSON.parse(ended.stdout)).toMatchObject({
      ok: true,
      estimator: 'phase',
      frames: 12,
      models: { translation: 11 },
    });
  });

  it('the example refuses an option that it does not know', async () => {
    const ended = await runGimbal(
      ['stabilize', input, output, '--estimator', 'phase', '--estimator-option', 'size=64', '--overwrite'],
      {
        cwd: import.meta.dirname,
      },
    );
    expect(ended.stderr).toMatch(
      /error: phase knows the option "grid"; received "size"\. \(GIMBAL_E_INVALID_ARGUMENT\)/,
    );
    expect(ended.code).toBe(2);
  });
});
