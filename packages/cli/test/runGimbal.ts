import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

const main = path.resolve(import.meta.dirname, '../bin/gimbal.js');

/** How a run of the program ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  /** The same as it came. */
  readonly bytes: Buffer;
  readonly stderr: string;
}

export interface RunGimbalOptions {
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** Run as this user. */
  readonly uid?: number | undefined;
  /** Sent through a pipe to standard input, which stays open behind it with `stdinStaysOpen`. */
  readonly stdin?: Buffer | undefined;
  readonly stdinStaysOpen?: boolean | undefined;
  /** Nobody reads standard output. */
  readonly stdoutUnread?: boolean | undefined;
  /** Called with all of stderr so far whenever some arrives. */
  readonly onStderr?: (soFar: string, child: ChildProcess) => void;
}

/** Runs the built program with these arguments and waits for its end; kills it after a minute, which no test expects. */
export function runGimbal(args: readonly string[], options: RunGimbalOptions = {}): Promise<Ended> {
  const { cwd, env, uid, stdin, stdinStaysOpen, stdoutUnread, onStderr } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd,
      ...(uid !== undefined && { uid, gid: uid }),
      env: { ...process.env, NO_COLOR: '1', DEBUG: '', ...env },
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    let stderr = '';
    const patience = setTimeout(() => child.kill('SIGKILL'), 55_000);
    // A program that ends early reads no more.
    child.stdin?.on('error', () => undefined).write(stdin as Buffer);
    if (stdinStaysOpen !== true) child.stdin?.end();
    if (stdoutUnread !== true) child.stdout?.on('data', (bytes: Buffer) => stdout.push(bytes));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      onStderr?.(stderr, child);
    });
    child.on('error', reject);
    child.on(stdoutUnread === true ? 'exit' : 'close', (code) => {
      clearTimeout(patience);
      const bytes = Buffer.concat(stdout);
      resolve({ code, stdout: bytes.toString('utf8'), bytes, stderr });
    });
  });
}

const NOBODY = 65534;

/** A user whom permissions bind: the current one, or, where that is root, nobody, provided that nobody may run the program. */
export async function ordinaryUser(): Promise<number | undefined> {
  const own = process.getuid?.();
  if (own === undefined || own !== 0) return own;
  const tried = await runGimbal(['--version'], { uid: NOBODY, cwd: '/' }).catch(() => undefined);
  return tried?.code === 0 ? NOBODY : undefined;
}
