import type { Estimator } from './estimator.js';

/** The version of the plug-in contract that this package speaks. */
export const PLUGIN_API_VERSION = 1;

/** What a plug-in may want to know of the machine before it says whether it can run there. */
export interface RuntimeInfo {
  readonly platform: string;
  readonly arch: string;
  readonly threads: number;
  /** What the user asked for. */
  readonly device: 'auto' | 'cpu' | 'cuda' | `cuda:${number}`;
}

/** What a plug-in gets when it makes an estimator. */
export interface EstimatorContext {
  readonly runtime: RuntimeInfo;
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
  /** 0: cannot run here; the higher the better it fits. */
  supports(runtime: RuntimeInfo): number;
  create(options: Options, context: EstimatorContext): Promise<Estimator>;
}
