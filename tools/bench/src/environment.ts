import { execFileSync } from 'node:child_process';
import os from 'node:os';
import { root } from './places.js';

/** What a figure depends on besides the code. */
export interface Environment {
  readonly date: string;
  readonly commit: string;
  /** Whether tracked files differed from the commit. */
  readonly modified: boolean;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** First line of `ffmpeg -version`, or undefined. */
  readonly ffmpeg: string | undefined;
  /** How the benchmark was called. */
  readonly command: string;
}

export function environment(): Environment {
  return {
    date: new Date().toISOString(),
    commit: output('git', ['rev-parse', 'HEAD']) ?? process.env.GIMBAL_COMMIT ?? 'unknown',
    modified: (output('git', ['status', '--porcelain', '--untracked-files=no']) ?? '') !== '',
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    ffmpeg: output('ffmpeg', ['-version'])?.split('\n')[0],
    command: ['npm run bench --', ...process.argv.slice(2)].join(' '),
  };
}

/** Why vid.stab cannot be run here; undefined when it can. */
export function vidstabProblem(): string | undefined {
  const filters = output('ffmpeg', ['-hide_banner', '-filters']);
  if (filters === undefined) return 'the ffmpeg program is not installed (apt-get install ffmpeg)';
  if (!/vidstabdetect/.test(filters)) return 'this ffmpeg was built without vid.stab (--enable-libvidstab)';
  return undefined;
}

function output(program: string, args: string[]): string | undefined {
  try {
    return execFileSync(program, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
