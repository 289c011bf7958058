import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a finished child process cost. */
export interface Cost {
  readonly exitCode: number;
  readonly wallSeconds: number;
  /** User and system time of the process, its threads and the children it waited for. Needs Linux; NaN elsewhere. */
  readonly cpuSeconds: number;
  /** Largest resident set seen, sampled every 50 ms. Needs Linux; NaN elsewhere. */
  readonly peakBytes: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Clock ticks a second of `/proc`: 100 on every Linux that Node runs on. */
const TICKS = 100;

/**
 * Runs a program to its end. CPU time is what `/proc/self/stat` adds for waited-for children, so nothing else may be run from this
 * process meanwhile when `cpuSeconds` matters.
 */
export async function measuredRun(command: readonly string[], options: { cwd?: string } = {}): Promise<Cost> {
  const [program, ...args] = command;
  const before = childrenSeconds();
  const start = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let peakBytes = Number.NaN;
  const sampler = setInterval(() => {
    peakBytes = residentPeak(child.pid) ?? peakBytes;
  }, 50);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    });
    return {
      exitCode,
      wallSeconds: (performance.now() - start) / 1000,
      cpuSeconds: childrenSeconds() - before,
      peakBytes,
      stdout: Buffer.concat(out).toString(),
      stderr: Buffer.concat(err).toString(),
    };
  } finally {
    clearInterval(sampler);
  }
}

/** As {@link measuredRun}, but a failure throws with the end of what the program said. */
export async function successfulRun(command: readonly string[], options: { cwd?: string } = {}): Promise<Cost> {
  const cost = await measuredRun(command, options);
  if (cost.exitCode !== 0) {
    const said = (cost.stderr || cost.stdout).trim().split('\n').slice(-6).join('\n');
    throw new Error(`exit code ${cost.exitCode} from: ${command.join(' ')}\n${said}`);
  }
  return cost;
}

function childrenSeconds(): number {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
    // Fields 16 and 17 of proc(5): cutime and cstime.
    return (Number(fields[13]) + Number(fields[14])) / TICKS;
  } catch {
    return Number.NaN;
  }
}

function residentPeak(pid: number | undefined): number | undefined {
  try {
    const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match ? Number(match[1]) * 1024 : undefined;
  } catch {
    return undefined;
  }
}
