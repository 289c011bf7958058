import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the repository. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** The packages that the tools come in. */
const PACKAGES = { nx: 'nx', biome: '@biomejs/biome', tsc: 'typescript', vitest: 'vitest' };

/** The script behind a tool, to be run with node: the same on every system, where `node_modules/.bin` is not. */
function toolScript(tool) {
  const folder = path.join(root, 'node_modules', PACKAGES[tool]);
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return path.join(folder, bin[tool]);
}

/** Colours only on a terminal: nx and biome would colour a log file too. */
export const inColour = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
const colour = inColour ? { FORCE_COLOR: '1' } : { FORCE_COLOR: '0', NO_COLOR: '1' };

/**
 * Runs one of the project's tools in the repository's root and resolves with its exit code. With `quiet` its output is kept back
 * and shown only when it fails; `onOutput` sees it all the same. An interrupt ends the tool first and then this process, with 130.
 */
export function runTool(tool, args, { quiet = false, env = {}, onOutput } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [toolScript(tool), ...args], {
      cwd: root,
      env: { ...process.env, ...colour, NX_DAEMON: 'false', NX_TUI: 'false', ...env },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    const kept = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        kept.push(chunk);
        onOutput?.(String(chunk));
      });
    }
    const interrupt = () => {
      child.kill('SIGINT');
      process.exit(130);
    };
    process.once('SIGINT', interrupt);
    process.once('SIGTERM', interrupt);
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
      // Resolved only once it is written, so that what comes after also stands after it.
      if (code !== 0 && quiet) process.stderr.write(Buffer.concat(kept), () => resolve(code ?? 1));
      else resolve(code ?? 1);
    });
  });
}
