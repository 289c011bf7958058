import { GimbalError } from '@gimbal/core';
import pc from 'picocolors';
import { type ExitCode, exitCodeFor } from '../program/exitCodes.js';

/** Where a command writes. */
export interface Terminal {
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress, warnings, errors. */
  readonly err: (text: string) => void;
  /** True where one line can be rewritten in place. */
  readonly live: boolean;
}

/**
 * Says once, in one line on stderr, what went wrong; with `json` also as an object on stdout. The stack is for `DEBUG=gimbal`.
 * @returns The exit code that goes with it.
 */
export function reportError(error: unknown, terminal: Terminal, json: boolean): ExitCode {
  const exitCode = exitCodeFor(error);
  const known = GimbalError.isInstance(error);
  const message = error instanceof Error || known ? error.message : String(error);
  const code = known ? error.code : 'UNEXPECTED';
  const hint = known ? '' : ' This is a bug; run again with DEBUG=gimbal for the details.';
  terminal.err(`${pc.red('error:')} ${message.replace(/\s*\n\s*/g, ' ')}${hint} (${code})\n`);
  if (debugging() && error instanceof Error) terminal.err(`${withCauses(error)}\n`);
  if (json) terminal.out(`${JSON.stringify({ ok: false, error: { code, message, exitCode } })}\n`);
  return exitCode;
}

/** True with `DEBUG=gimbal` (or a list that holds it). */
function debugging(): boolean {
  return (process.env.DEBUG ?? '')
    .split(/[\s,]+/)
    .some((name) => name === 'gimbal' || name === 'gimbal:*' || name === '*');
}

function withCauses(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\ncaused by ${withCauses(error.cause)}` : own;
}
