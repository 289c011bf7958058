import { fork } from 'node:child_process';
import { type CallOptions, Calls } from './calls.js';
import { checkProgram } from './startWorker.js';

/** A child process that answers one call, and how it ended. */
export interface ProcessCall {
  /** What the purpose of the process is, for messages: "The program that …". */
  readonly purpose: string;
  /** Package that builds the program. */
  readonly builtBy: string;
  readonly method: string;
  readonly params: unknown;
}

/** Kept of what the process writes to stderr, in characters: the end explains a crash. */
const KEPT_STDERR = 2000;

/**
 * Starts a program, which calls `serve`, as a child process, makes one call and waits until the process is gone. Its processor time and
 * memory are its own alone, and a native crash ends this call only. What it prints on stdout is dropped.
 * @throws what the handler threw; an Error saying how the process ended when it gave no answer.
 */
export async function callProcess<Value>(
  program: string,
  { purpose, builtBy, method, params }: ProcessCall,
  options: CallOptions = {},
): Promise<Value> {
  checkProgram(program, purpose, builtBy);
  const child = fork(program, [], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-KEPT_STDERR);
  });
  const calls = new Calls({
    send: (message) => void (child.connected && child.send(message, () => undefined)),
    onMessage: (listener) => void child.on('message', listener),
  });
  const gone = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      calls.lose(error);
      resolve();
    });
    child.once('close', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      const said = stderr.trim().split('\n').at(-1) ?? '';
      calls.lose(new Error(`The process ended with ${how} and no result${said === '' ? '.' : `: ${said}`}`));
      resolve();
    });
  });
  try {
    return await calls.call<Value>(method, params, options);
  } finally {
    if (child.connected) child.send({ end: true }, () => undefined);
    await gone;
  }
}
