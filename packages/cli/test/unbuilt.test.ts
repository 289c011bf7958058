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

it('the command says what it lacks where it is not whole', () => {
  const { status, stdout, stderr } = gimbal('info');
  expect({ status, stdout }).toEqual({ status: 6, stdout: '' });
  expect(stderr).toMatch(/^error: .*dist\/main\.js is missing.* \(GIMBAL_E_ADDON\)\n$/);
});

it('and says so to programs too', () => {
  const { status, stdout } = gimbal('info', '--json');
  expect(status).toBe(6);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'GIMBAL_E_ADDON', exitCode: 6 } });
});

it('it runs what is there, with its arguments', () => {
  mkdirSync(path.join(folder, 'dist'));
  writeFileSync(path.join(folder, 'dist/main.js'), 'console.log(process.argv.slice(2).join());');
  expect(gimbal('a', 'b')).toMatchObject({ status: 0, stdout: 'a,b\n' });
});

it('in a checkout it builds what a command needs, once', () => {
  const checkout = path.join(folder, 'checkout');
  const cli = path.join(checkout, 'packages/cli');
  cpSync(path.join(folder, 'bin'), path.join(cli, 'bin'), { recursive: true });
  mkdirSync(path.join(checkout, 'tools/run'), { recursive: true });
  writeFileSync(path.join(cli, 'package.json'), '{ "type": "module" }');
  // Stands for the build: it makes what it is asked for.
  writeFileSync(
    path.join(checkout, 'tools/run/buildProjects.mjs'),
    `import { mkdirSync, writeFileSync } from 'node:fs';
export const LATER = ['@gimbal/assignment', '@gimbal/mosaic'];
export async function buildProjects(names, { uncompiled = [] }) {
  console.error([...names, ...uncompiled.map((name) => 'without ' + name)].join());
  for (const name of names) {
    const dist = new URL('../../packages/' + name.slice('@gimbal/'.length) + '/dist/', import.meta.url);
    mkdirSync(dist, { recursive: true });
    mkdirSync(new URL('../build/Release/', dist), { recursive: true });
    for (const file of ['main.js', 'index.js']) writeFileSync(new URL(file, dist), 'console.log("runs");');
  }
}`,
  );
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [path.join(cli, 'bin/gimbal.js'), ...args], { encoding: 'utf8' });
  expect(run('info')).toMatchObject({
    stdout: 'runs\n',
    stderr: '@gimbal/cli,without @gimbal/assignment,without @gimbal/mosaic\n',
  });
  expect(run('info')).toMatchObject({ stdout: 'runs\n', stderr: '' });
  const learned = ['benchmark', 'clips', '--estimators', 'classical,ihn'];
  expect(run(...learned)).toMatchObject({
    stdout: 'runs\n',
    stderr: '@gimbal/ihn,without @gimbal/assignment,without @gimbal/mosaic\n',
  });
  expect(run(...learned)).toMatchObject({ stdout: 'runs\n', stderr: '' });
  expect(run('mosaic', 'in.mp4')).toMatchObject({ stdout: 'runs\n', stderr: '@gimbal/assignment,@gimbal/mosaic\n' });
  expect(run('mosaic', 'in.mp4')).toMatchObject({ stdout: 'runs\n', stderr: '' });
});
