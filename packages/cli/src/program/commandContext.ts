import type { Terminal } from '../output/reportError.js';
import type { ExitCode } from './exitCodes.js';

/** What every command gets. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** How the process is to end when nothing throws. */
  exitWith(code: ExitCode): void;
}
