// Measures, plans and renders a clip in one pass, side by side.
import { throwIfAborted } from '../errors.js';
import type { Frame, Size } from '../frame/frame.js';
import type { Homography } from '../geometry/homography.js';
import { LONGEST_DROPOUT } from '../motion/dropout.js';
import { measureFrames, noFramesYet } from '../motion/measureFrames.js';
import { displayMotion, inDisplayProportions, pixelAspectOf } from '../plan/displayProportions.js';
import type { OnlinePlanner } from '../plan/onlinePlanner.js';
import { readoutInPixels, readoutWithin } from '../shutter/fitReadouts.js';
import { readoutWarp } from '../shutter/readoutWarp.js';
import type { ReadoutMotion, RollingShutter } from '../shutter/rollingShutter.js';
import { Condition } from './condition.js';
import type { DeviceFailure, Parts } from './failover.js';
import { globalWarp } from './renderer.js';
import { nothingWritten, type PlannedFrame, renderFrames } from './renderFrames.js';
import type { StabilizeOptions } from './stabilizeOptions.js';

/** What went wrong first, and where others can go on. */
type Failure = Omit<DeviceFailure, 'error'> & { readonly error: unknown };

/** Frames that are fetched together once it is time for more. */
const TOGETHER = 16;

/**
 * Measures, decides and renders side by side, with a bounded number of frames between the first and the last. Where it failed it can be taken
 * up again with other parts.
 */
export class StreamingPipeline {
  readonly measured = noFramesYet();
  readonly written = nothingWritten();
  readonly corrections: Homography[] = [];
  readonly warps: Homography[] = [];
  /** Per decided frame what the camera did while it was read, and the step that is left without it; where it is corrected. */
  readonly readouts: (ReadoutMotion | undefined)[] = [];
  readonly rectified: (Homography | undefined)[] = [];
  #axis: RollingShutter['axis'] = 'rows';
  /** Whether all frames are measured. */
  complete = false;
  decided = Number.NaN;
  /** Frames whose step will not change any more. */
  #settled = 0;
  /** One condition for each thing that is waited for: frames that are measured, decisions, frames to render, and room for more. */
  readonly #conditions = { settled: new Condition(), ready: new Condition(), room: new Condition() };
  #stop = new AbortController();
  #failure: Failure | undefined;
  /** Frames that wait for their corrections, from the first that is not being rendered. */
  #waiting: Frame[] = [];

  constructor(
    private readonly parts: Parts,
    private readonly options: StabilizeOptions,
    private readonly plan: OnlinePlanner,
    private readonly shown: (correction: Homography) => Homography,
    private readonly output: Size,
  ) {}

  /** Goes on from the first frame that is not written. Answers with what made it end early. */
  async run(): Promise<Failure | undefined> {
    const { signal } = this.options;
    this.#stop = new AbortController();
    if (!this.complete) this.#settled = this.measured.times.length;
    this.#failure = undefined;
    const cancel = () => this.#end(signal?.reason);
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted) cancel();
    await Promise.all([
      this.#measure().catch((error: unknown) => this.#fail('analyze', error)),
      this.#decide().catch((error: unknown) => this.#fail('analyze', error)),
      this.#render().catch((error: unknown) => this.#fail('render', error)),
    ]);
    signal?.removeEventListener('abort', cancel);
    for (const frame of this.#waiting.splice(0)) frame.close();
    return this.#failure;
  }

  /** What goes wrong first ends everything. */
  #fail(stage: Failure['stage'], error: unknown): void {
    const frame = stage === 'analyze' ? this.measured.times.length : this.written.frames;
    this.#failure ??= { error, stage, frame };
    this.#end();
  }

  #end(reason?: unknown): void {
    this.#stop.abort(reason);
    for (const change of Object.values(this.#conditions)) change.notifyAll();
  }

  async #until(change: 'settled' | 'ready' | 'room', met: () => boolean): Promise<void> {
    throwIfAborted(this.#stop.signal);
    while (!met()) {
      await this.#conditions[change].wait();
      throwIfAborted(this.#stop.signal);
    }
  }

  async #measure(): Promise<void> {
    const { estimator } = this.parts;
    const limits = { ...this.options, signal: this.#stop.signal };
    await measureFrames(this.#handOn(), estimator, this.measured, limits, {
      onMeasured: (settled) => {
        this.#settled = settled;
        this.#conditions.settled.notifyAll();
      },
      // At once: the frames on their way may wait for room that will never be made.
      onFailed: (error) => this.#fail('analyze', error),
    });
    this.complete = true;
    this.#settled = this.measured.times.length;
    this.#conditions.settled.notifyAll();
  }

  /** The frames that are to be measured. All that are not written wait for their corrections at the same time. */
  async *#handOn(): AsyncGenerator<Frame, void, undefined> {
    const { signal } = this.#stop;
    const [measured, written] = [this.measured.times.length, this.written.frames];
    // While some are rendered the next ones are measured, several together: each wakes threads up. The last may lie in a gap.
    const most = this.plan.ahead + 2 * LONGEST_DROPOUT + Math.max(this.plan.behind, TOGETHER);
    let room = most;
    let index = 0;
    for await (const frame of this.parts.source.frames({ signal })) {
      try {
        if (index >= written) {
          await this.#until('room', () => this.#waiting.length < room);
          this.#waiting.push(frame.clone());
          room = this.#waiting.length < most ? most : most - TOGETHER;
          this.#conditions.ready.notifyAll();
        }
      } catch (error) {
        frame.close();
        throw error;
      }
      if (index++ >= measured) yield frame;
      else frame.close();
    }
  }

  async #decide(): Promise<void> {
    const { plan, corrections, warps, measured } = this;
    const { width, height } = this.parts.source.info;
    const pixelAspect = pixelAspectOf(this.parts.source.info);
    for (;;) {
      await this.#until('settled', () => this.complete || this.#settled >= warps.length + plan.ahead);
      const complete = this.complete;
      const first = Math.max(0, warps.length - plan.behind);
      const times = Float64Array.from(measured.times.slice(first, this.#settled));
      const steps = measured.steps.slice(first, this.#settled - 1);
      const known = displayMotion({ size: { width, height }, first, times, steps, complete, pixelAspect });
      const decisions = await plan.decide(known);
      this.#axis = (await plan.rollingShutter())?.axis ?? 'rows';
      for (const { correction, readout, step } of decisions) {
        const own = inDisplayProportions(correction, 1 / pixelAspect);
        const warp = this.shown(own);
        corrections.push(own);
        warps.push(warp);
        this.rectified.push(step && inDisplayProportions(step, 1 / pixelAspect));
        this.readouts.push(readout && this.#coveredReadout(readout, warp, known.size, pixelAspect));
      }
      if (Number.isNaN(this.decided)) this.decided = performance.now();
      this.#conditions.ready.notifyAll();
      if (!complete) continue;
      if (warps.length === measured.times.length) return;
      throw new Error(`The plan decided on ${warps.length} of ${measured.times.length} frames.`);
    }
  }

  /** In stored pixels, and no more than the window has room for. */
  #coveredReadout(readout: ReadoutMotion, warp: Homography, shown: Size, pixelAspect: number): ReadoutMotion {
    const size = this.parts.source.info;
    const own = readoutInPixels(readout, shown, size, pixelAspect);
    if ((this.options.border ?? 'crop') !== 'crop') return own;
    return readoutWithin(warp, own, this.#axis, size, this.output);
  }

  async #render(): Promise<void> {
    const { sink, onProgress } = this.options;
    const { source, renderer } = this.parts;
    const total = source.info.frameCount;
    let done = this.written.frames;
    const onBegun = () => onProgress?.({ stage: 'render', done: ++done, total });
    const options = { renderer, sink, info: source.info, signal: this.#stop.signal, onBegun };
    await renderFrames(this.#planned(), this.written, options);
  }

  async *#planned(): AsyncGenerator<PlannedFrame, void, undefined> {
    const { warps, measured } = this;
    for (let at = this.written.frames; ; at++) {
      const over = () => this.complete && at === measured.times.length;
      await this.#until('ready', () => over() || (at < warps.length && this.#waiting.length > 0));
      if (over()) return;
      const frame = this.#waiting.shift() as Frame;
      this.#conditions.room.notifyAll();
      const readout = this.readouts[at];
      const { info } = this.parts.source;
      const warp =
        readout === undefined ? globalWarp(warps[at]) : readoutWarp(warps[at], readout, this.#axis, info, this.output);
      yield { frame, warp };
    }
  }
}
