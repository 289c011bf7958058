import { clipMotion } from './analyze.js';
import { Changes } from './changes.js';
import { type ClipMotion, shotsOf } from './clipMotion.js';
import { GimbalError, throwIfAborted } from './errors.js';
import type { DeviceFailure, Parts } from './fallback.js';
import type { Frame, Size } from './frame.js';
import { LONGEST_GAP } from './gap.js';
import type { Homography } from './geometry/homography.js';
import { type LookAheadOptions, type LookAheadPlan, lookAheadPlan } from './lookAheadPlan.js';
import { measureFrames, noFramesYet } from './measureFrames.js';
import { type PlanSettings, planSettings, type RenderPlan } from './planCorrections.js';
import { checkWithinReach } from './renderClip.js';
import { nothingWritten, type PlannedFrame, renderFrames } from './renderFrames.js';
import type { StabilizeOptions } from './stabilize.js';
import type { Window } from './stillWindow.js';
import { inOwnPixels, wholeWindow, windowedCorrection } from './zoom.js';

/** How far ahead of the picture the motion is measured where a clip is made in one pass. */
export interface LookAhead {
  /** Seconds that are known ahead of the first frame that is decided, half of them of the last one. More than 0. */
  readonly seconds: number;
  /** What decides; {@link lookAheadPlan} unless told. */
  readonly plan?: ((options: LookAheadOptions) => LookAheadPlan) | undefined;
}

/** Frames that are fetched together once it is time for more. */
const TOGETHER = 16;

/** What a pass measured and showed. */
export interface OnePassResult {
  readonly motion: ClipMotion;
  readonly plan: RenderPlan;
  /** When the first frame was decided, by the clock of `performance.now()`. */
  readonly decided: number;
}

/**
 * Measures, smooths and renders side by side, a bounded stretch of the clip at a time: it is read once, memory does not depend on its length, and
 * the first picture is written before the last one is read. What is shown must be known from the start, so the crop is the whole budget.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a zoom that needs the whole clip; what `analyze` and `renderClip` throw. Every frame
 * is closed by then.
 */
export async function onePass(parts: Parts, options: StabilizeOptions, lookAhead: LookAhead): Promise<OnePassResult> {
  const { sink, signal, smoother } = options;
  const { seconds } = lookAhead;
  if (!(seconds > 0 && seconds < Number.POSITIVE_INFINITY)) {
    throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `A look-ahead is more than 0 seconds, received ${seconds}.`);
  }
  const { width, height, frameRate } = parts.source.info;
  const size = { width, height };
  const settings = planSettings(size, options);
  const { window, output } = shownWindow(size, settings);
  const { budget } = settings;
  const frames = Math.max(2, Math.round(seconds * frameRate));
  // Not ended by what else goes wrong: what it has decided is kept for those who take over.
  const plan = (lookAhead.plan ?? lookAheadPlan)({ smoother, budget, frames, signal });
  const pass = new Pass(parts, options, plan, (correction) => windowedCorrection(correction, window, size, output));
  await sink.open(output);
  checkWithinReach(sink, parts.failure);
  for (;;) {
    const failure = await pass.run();
    if (failure === undefined) break;
    if (pass.written.failed) throw failure.error;
    await parts.takeOver(failure.error, failure.stage, failure.frame, !pass.complete);
    checkWithinReach(sink, parts.failure);
  }
  const motion = clipMotion(pass.measured, parts);
  const { warps, corrections, decided } = pass;
  const windows = corrections.map(() => window);
  return { motion, decided, plan: { output, warps, corrections, windows, shots: shotsOf(motion), budget } };
}

/** The largest window that is sure to be covered, whatever comes. */
function shownWindow(size: Size, { border, zoom, maxCrop }: PlanSettings): { window: Window; output: Size } {
  if (zoom === 'dynamic') {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      "Zoom 'dynamic' needs the motion of the whole clip; with a look-ahead use 'static' or 'none'.",
    );
  }
  const whole = wholeWindow(size);
  if (border !== 'crop' && zoom === 'none') return { window: whole, output: size };
  const cropped = { ...whole, scale: 1 - maxCrop };
  return border === 'crop' && zoom === 'none' ? inOwnPixels(cropped, size) : { window: cropped, output: size };
}

/** What went wrong first, and where others can go on. */
type Failure = Omit<DeviceFailure, 'error'> & { readonly error: unknown };

/** The one pass, which can be taken up again with other parts where it failed. */
class Pass {
  readonly measured = noFramesYet();
  readonly written = nothingWritten();
  readonly corrections: Homography[] = [];
  readonly warps: Homography[] = [];
  /** Whether all frames are measured. */
  complete = false;
  decided = Number.NaN;
  /** Frames whose step will not change any more. */
  #settled = 0;
  /** Each wakes those who wait for it and nobody else: frames that are measured, decisions, frames to render, and room for more. */
  readonly #changes = { settled: new Changes(), ready: new Changes(), room: new Changes() };
  #stop = new AbortController();
  /** Frames that wait for their corrections, from the first that is not being rendered. */
  #waiting: Frame[] = [];

  constructor(
    private readonly parts: Parts,
    private readonly options: StabilizeOptions,
    private readonly plan: LookAheadPlan,
    private readonly shown: (correction: Homography) => Homography,
  ) {}

  /** Goes on from the first frame that is not written. Answers with what made it end early. */
  async run(): Promise<Failure | undefined> {
    const { signal } = this.options;
    const { times } = this.measured;
    this.#stop = new AbortController();
    if (!this.complete) this.#settled = times.length;
    let failure: Failure | undefined;
    const task = async (stage: Failure['stage'], work: Promise<void>, frame: () => number) => {
      try {
        await work;
      } catch (error) {
        failure ??= { error, stage, frame: frame() };
        this.#end();
      }
    };
    const cancel = () => this.#end(signal?.reason);
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted) cancel();
    await Promise.all([
      task('analyze', this.#measure(), () => times.length),
      task('analyze', this.#decide(), () => times.length),
      task('render', this.#render(), () => this.written.frames),
    ]);
    signal?.removeEventListener('abort', cancel);
    for (const frame of this.#waiting.splice(0)) frame.close();
    return failure;
  }

  #end(reason?: unknown): void {
    this.#stop.abort(reason);
    for (const change of Object.values(this.#changes)) change.tell();
  }

  async #until(change: 'settled' | 'ready' | 'room', met: () => boolean): Promise<void> {
    throwIfAborted(this.#stop.signal);
    while (!met()) {
      await this.#changes[change].next();
      throwIfAborted(this.#stop.signal);
    }
  }

  async #measure(): Promise<void> {
    const { estimator } = this.parts;
    const limits = { ...this.options, signal: this.#stop.signal };
    await measureFrames(this.#handOn(), estimator, this.measured, limits, (settled) => {
      this.#settled = settled;
      this.#changes.settled.tell();
    });
    this.complete = true;
    this.#settled = this.measured.times.length;
    this.#changes.settled.tell();
  }

  /** The frames that are to be measured. All that are not written wait for their corrections at the same time. */
  async *#handOn(): AsyncGenerator<Frame, void, undefined> {
    const { signal } = this.#stop;
    const [measured, written] = [this.measured.times.length, this.written.frames];
    // While some are rendered the next ones are measured, several together: each wakes threads up. The last may lie in a gap.
    const most = this.plan.ahead + 2 * LONGEST_GAP + Math.max(this.plan.behind, TOGETHER);
    let room = most;
    let index = 0;
    for await (const frame of this.parts.source.frames({ signal })) {
      try {
        if (index >= written) {
          await this.#until('room', () => this.#waiting.length < room);
          this.#waiting.push(frame.clone());
          room = this.#waiting.length < most ? most : most - TOGETHER;
          this.#changes.ready.tell();
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
    for (;;) {
      await this.#until('settled', () => this.complete || this.#settled >= warps.length + plan.ahead);
      const complete = this.complete;
      const first = Math.max(0, warps.length - plan.behind);
      const times = Float64Array.from(measured.times.slice(first, this.#settled));
      const steps = measured.steps.slice(first, this.#settled - 1);
      const decided = await plan.decide({ size: { width, height }, first, times, steps, complete });
      corrections.push(...decided);
      warps.push(...decided.map(this.shown));
      if (Number.isNaN(this.decided)) this.decided = performance.now();
      this.#changes.ready.tell();
      if (!complete) continue;
      if (warps.length === measured.times.length) return;
      throw new Error(`The plan decided on ${warps.length} of ${measured.times.length} frames.`);
    }
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
      this.#changes.room.tell();
      yield { frame, warp: warps[at] };
    }
  }
}
