import { GimbalError } from '../errors.js';
import type { Frame } from '../frame/frame.js';
import type { FrameSource, FramesOptions } from '../frame/frameSource.js';
import type { Estimator } from '../motion/estimator.js';
import { isDeviceError } from './deviceError.js';
import type { Renderer } from './renderer.js';

/** A CUDA device that failed in mid-clip, and where. */
export interface DeviceFailure {
  readonly stage: 'analyze' | 'render';
  /** The first frame that the parts of the fallback worked on. */
  readonly frame: number;
  readonly error: GimbalError;
}

/**
 * Parts that do without the device, for when it is lost or full in mid-clip. Each is made only then, and closed by its maker. A part
 * that is not given is one that needs no other: the first one goes on.
 */
export interface Fallback {
  /** The same clip, its frames in host memory. */
  readonly source?: (() => FrameSource | Promise<FrameSource>) | undefined;
  readonly estimator?: (() => Estimator | Promise<Estimator>) | undefined;
  readonly renderer?: (() => Renderer | Promise<Renderer>) | undefined;
  /** Told when the device has failed, before the parts are made. */
  readonly onFailure?: ((failure: DeviceFailure) => void) | undefined;
}

/** The parts at work, and those that take over from them, once. */
export class Parts {
  private failed: DeviceFailure | undefined;

  constructor(
    private current: {
      readonly source: FrameSource;
      readonly estimator?: Estimator | undefined;
      readonly renderer?: Renderer | undefined;
    },
    private readonly fallback: Fallback | undefined,
  ) {}

  get source(): FrameSource {
    return this.current.source;
  }

  /** @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` where there is none. */
  get estimator(): Estimator {
    return this.current.estimator ?? missing('an estimator or the motion of an earlier analysis');
  }

  /** @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` where there is none. */
  get renderer(): Renderer {
    return this.current.renderer ?? missing('a renderer');
  }

  /** What the first parts failed with; `undefined` while they are at work. */
  get failure(): DeviceFailure | undefined {
    return this.failed;
  }

  /**
   * Puts the fallback's parts in place of those that failed.
   * @param frame Where they are to go on.
   * @param measuring Whether motion is still asked for.
   * @throws `error` itself when no device is to blame, there is nothing to fall back on, or that has failed too; what making a part throws.
   */
  async failOver(
    error: unknown,
    stage: DeviceFailure['stage'],
    frame: number,
    measuring = stage === 'analyze',
  ): Promise<void> {
    const { fallback } = this;
    if (fallback === undefined || this.failed !== undefined || !isDeviceError(error)) throw error;
    this.failed = { stage, frame, error };
    fallback.onFailure?.(this.failed);
    const { source, estimator, renderer } = this.current;
    this.current = {
      source: (await fallback.source?.()) ?? source,
      estimator: measuring ? ((await fallback.estimator?.()) ?? estimator) : estimator,
      renderer: renderer && ((await fallback.renderer?.()) ?? renderer),
    };
  }
}

/** The frames of a source from the one at `first` on. */
export async function* framesFrom(source: FrameSource, first: number, options: FramesOptions): AsyncIterable<Frame> {
  let index = 0;
  for await (const frame of source.frames(options)) {
    if (index++ < first) frame.close();
    else yield frame;
  }
}

function missing(what: string): never {
  throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `stabilize() needs ${what}.`);
}
