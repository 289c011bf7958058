import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'gimbal-unbuilt-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
cpSync(path.resolve(import.meta.dirname, '../bin'), path.join(folder, 'bin'), { recursive: true });
writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');

const gimbal = (...args: string[]) =>
  spawnSync(process.execPath, [path.join(folder, 'bin/gimbal.js'), ...args], { encoding: 'utf8' });

it('the command says how to build it where nothing is built', () => {
  const { status, stdout, stderr } = gimbal('info');
  expect({ status, stdout }).toEqual({ status: 6, stdout: '' });
  expect(stderr).toMatch(/^error: .*"npm run build".* \(GIMBAL_E_ADDON\)\n$/);
});

it('and says so to programs too', () => {
  const { status, stdout } = gimbal('info', '--json');
  expect(status).toBe(6);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'GIMBAL_E_ADDON', exitCode: 6 } });
});

it('it runs what is built, with its arguments', () => {
  mkdirSync(path.join(folder, 'dist'));
  writeFileSync(path.join(folder, 'dist/main.js'), 'console.log(process.argv.slice(2).join());');
  expect(gimbal('a', 'b')).toMatchObject({ status: 0, stdout: 'a,b\n' });
});
