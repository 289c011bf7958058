// FFmpeg as node-av binds it.
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { GimbalError } from '@gimbal/core';

/** Names another compiled part of node-av: one built with an FFmpeg of one's own. */
const VARIABLE = 'GIMBAL_NODE_AV_PATH';

/**
 * FFmpeg and node-av's compiled part. In what is built, this module stands in place of the one in which node-av itself looks for it
 * (`tsup.config.ts`): the package for this system is an optional dependency of this package, without those that node-av brings along.
 */
export const bindings: unknown = load();

function load(): unknown {
  const require = createRequire(import.meta.url);
  const named = process.env[VARIABLE];
  const wanted = named === undefined ? `${systemPackage()}/node-av.node` : path.resolve(named);
  try {
    return require(wanted);
  } catch (cause) {
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    const repair =
      named === undefined
        ? 'It comes as an optional dependency of @gimbal/video: install again without --omit=optional, on a system that node-av is published for'
        : `${VARIABLE} must name a file node-av.node of node-av 6.1`;
    throw new GimbalError('GIMBAL_E_ADDON', `FFmpeg (node-av) does not load: ${reason}. ${repair}.`, { cause });
  }
}

function systemPackage(): string {
  const name = `@seydx/node-av-${process.platform}-${process.arch}`;
  if (process.platform !== 'win32') return name;
  // Only a Node that was built with MinGW gives another name to Windows.
  return `${name}-${os.type() === 'Windows_NT' ? 'msvc' : 'mingw'}`;
}
