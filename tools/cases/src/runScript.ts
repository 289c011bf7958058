import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');
const scripts = path.join(process.env.GIMBAL_SHARED ?? path.join(root, '../shared'), 'cases');

/** The folder of inputs, outputs and messages. */
export const casesFolder = process.env.CASES_OUT ?? path.join(tmpdir(), 'gimbal-cases');

/** One run of the program within a script. */
export interface CaseRun {
  readonly exit: number;
  /** The whole of stderr. */
  readonly messages: string;
  /** Absolute paths. */
  readonly input: string;
  readonly output: string;
}

/** Why the cases cannot run here; `undefined` when they can. */
export function missing(): string | undefined {
  if (!existsSync(scripts)) return `there is no folder ${scripts}`;
  for (const program of ['bash', 'ffmpeg', 'ffprobe']) {
    if (spawnSync(program, ['-version']).error) return `the program ${program} is not installed`;
  }
  return undefined;
}

const reason = missing();
if (reason !== undefined) console.warn(`Skipping the cases: ${reason}.`);
export const canRun = reason === undefined;

/** Runs a script of `../shared/cases` (without `.sh`) and returns its runs of the program by name, in order. */
export async function runScript(name: string): Promise<ReadonlyMap<string, CaseRun>> {
  const printed = await outputOf('bash', [path.join(scripts, `${name}.sh`)]);
  const runs = new Map<string, CaseRun>();
  for (const [, run, input, output, exit] of printed.matchAll(
    /^=== (\S+) : (\S+) (\S+).*\n(?:(?!===).*\n)*?exit (\d+) /gm,
  )) {
    runs.set(run, {
      exit: Number(exit),
      messages: readFileSync(path.join(casesFolder, 'log', `${run}.err`), 'utf8'),
      input: path.join(casesFolder, input),
      output: path.join(casesFolder, output),
    });
  }
  return runs;
}

/** stdout of a program. */
function outputOf(program: string, args: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    CASES_OUT: casesFolder,
    GIMBAL: `${process.execPath} ${path.join(root, 'packages/cli/dist/main.js')}`,
    GIMBAL_CWD: root,
  };
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
}
