import type { Estimator } from '../motion/estimator.js';
import type { Smoother } from '../path/smoother.js';
import type { DeviceName } from '../run/chooseDevice.js';

/** The version of the plug-in contract that this package speaks. */
export const PLUGIN_API_VERSION = 1;

/** What a plug-in may want to know of the machine before it says whether it can run there. */
export interface RuntimeInfo {
  readonly platform: string;
  readonly arch: string;
  readonly threads: number;
  /** What the user asked for. */
  readonly device: DeviceName;
}

/** What a plug-in gets when it makes an estimator. */
export interface EstimatorContext {
  readonly runtime: RuntimeInfo;
}

/** How well a plug-in fits a machine. */
export interface Support {
  /** 0: cannot run there; the higher the better it fits. */
  readonly score: number;
  /** With 0: why, in a sentence without its full stop. */
  readonly reason?: string | undefined;
}

/** An estimator package's default export. */
export interface EstimatorPlugin<Options = unknown> {
  readonly meta: {
    readonly name: string;
    readonly version: string;
    readonly apiVersion: number;
    readonly description?: string;
  };
  /** Checks and completes options as they come from a file or the command line. @throws on a wrong one, naming it. */
  parseOptions(raw: unknown): Options;
  /** How well it fits: a score, where 0 is "cannot run here", or a score with the reason for it. */
  supports(runtime: RuntimeInfo): number | Support;
  create(options: Options, context: EstimatorContext): Promise<Estimator>;
  /**
   * What tells estimators apart whose answers differ although version, options and the package's files are the same: a digest of weights
   * that lie elsewhere, say. Results that were kept under another one are not used again.
   */
  fingerprint?(options: Options): Promise<string>;
}

/** A smoother package's default export. */
export interface SmootherPlugin<Options = unknown> {
  readonly meta: EstimatorPlugin['meta'];
  /**
   * Checks and completes options as they come from a file or the command line: what `--smoother-option` said, and `strength` (0 to 1).
   * @throws on a wrong one, naming it.
   */
  parseOptions(raw: unknown): Options;
  create(options: Options): Smoother | Promise<Smoother>;
}
