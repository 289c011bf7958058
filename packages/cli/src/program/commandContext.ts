import type { Terminal } from '../output/reportError.js';
import type { ExitCode } from './exitCodes.js';

/** What every command gets. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Leaves stdout to the clip: what is said there otherwise, errors as JSON too, goes to stderr from now on. */
  reserveStdout(): void;
  /** How the process is to end when nothing throws. */
  exitWith(code: ExitCode): void;
}
