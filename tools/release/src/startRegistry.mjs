import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { root } from '../../run/stage.mjs';

const home = path.join(root, 'tools/release/registry');

/**
 * Starts a registry on this machine that takes `@gimbal/*` from what is published to it, never from elsewhere, and hands through everything
 * else from the registry that npm is set to. What it handed through it keeps in node_modules/.cache, so that it serves again without
 * the network. Gives its address and how to end it.
 */
export async function startRegistry(folder) {
  if (!existsSync(path.join(home, 'node_modules/verdaccio'))) {
    npm(['ci', '--loglevel=error'], home);
  }
  const storage = path.join(root, 'node_modules/.cache/gimbal-registry');
  rmSync(path.join(storage, '@gimbal'), { recursive: true, force: true });
  mkdirSync(storage, { recursive: true });
  const config = path.join(folder, 'registry.yaml');
  writeFileSync(config, configuration(storage, npm(['config', 'get', 'registry'], root).trim()));
  const port = await freePort();
  const address = `http://127.0.0.1:${port}/`;
  const program = path.join(home, 'node_modules/verdaccio/bin/verdaccio');
  const args = [program, '--config', config, '--listen', `127.0.0.1:${port}`];
  const server = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => said.push(chunk));
  const stop = () => server.kill('SIGTERM');
  process.once('exit', stop);
  for (let wait = 0; wait < 300; wait++) {
    if (server.exitCode !== null) break;
    const up = await fetch(`${address}-/ping`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return { address, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  stop();
  throw new Error(`The registry did not start within 30 s. It said:\n${Buffer.concat(said)}`);
}

function configuration(storage, upstream) {
  const strings = { storage, upstream };
  for (const [name, value] of Object.entries(strings)) strings[name] = JSON.stringify(value);
  return `storage: ${strings.storage}
uplinks:
  upstream: { url: ${strings.upstream}, timeout: 60s, maxage: 1h }
packages:
  '@gimbal/*': { access: $all, publish: $all }
  '**': { access: $all, proxy: upstream }
web: { enable: false }
max_body_size: 50mb
log: { type: stdout, format: pretty, level: warn }
`;
}

function npm(args, cwd) {
  const shell = process.platform === 'win32';
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], shell });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
