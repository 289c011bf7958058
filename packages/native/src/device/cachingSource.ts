import {
  type ClipInfo,
  type Frame,
  type FrameSource,
  type FramesOptions,
  GimbalError,
  type SourceWarning,
  throwIfAborted,
} from '@gimbal/core';
import { prefetchToDevice } from './prefetchToDevice.js';

/** Memory of a device that frames are uploaded to. */
export interface DeviceStore {
  /** Bytes that a frame takes there. */
  readonly frameBytes: number;
  /** A copy of the frame there, which is closed in any case. */
  upload(frame: Frame, signal: AbortSignal | undefined): Promise<Frame>;
  /** Gives memory back that no open frame lies in. */
  trim(): Promise<void>;
  close(): Promise<void>;
}

/** What became of the frames so far. */
export interface CacheStatistics {
  /** Whether the whole clip lies there and is not read from its source again. */
  readonly complete: boolean;
  readonly frames: number;
  readonly bytes: number;
  /** Bytes that the frames may take. */
  readonly budgetBytes: number;
  /** Bytes that the whole clip takes, as far as is known. */
  readonly clipBytes: number | undefined;
  /** Passes over the source so far. */
  readonly passes: number;
}

/** Frames on their way at once: one that is read, one that crosses, one that is waited for. */
const UNDER_WAY = 3;

/**
 * A source whose frames are brought elsewhere, and kept there while they fit the budget: a clip that fits is read once. One that does not
 * fit leaves nothing behind and is read again in every pass, for frames can only be read from the first on.
 */
export class CachingSource implements FrameSource {
  readonly info: ClipInfo;
  readonly #source: FrameSource;
  readonly #store: DeviceStore;
  readonly #budget: number;
  #frames: Frame[] = [];
  #state: 'empty' | 'filling' | 'complete' | 'given up' = 'empty';
  #known: number | undefined;
  #passes = 0;
  #closed = false;

  constructor(source: FrameSource, places: DeviceStore, budgetBytes: number) {
    this.info = source.info;
    this.#source = source;
    this.#store = places;
    this.#budget = budgetBytes;
    const { frameCount } = source.info;
    this.#known = frameCount === undefined ? undefined : frameCount * places.frameBytes;
  }

  get warnings(): readonly SourceWarning[] {
    return this.#source.warnings;
  }

  get kept(): CacheStatistics {
    const frames = this.#frames.length;
    return {
      complete: this.#state === 'complete',
      frames,
      bytes: frames * this.#store.frameBytes,
      budgetBytes: this.#budget,
      clipBytes: this.#known,
      passes: this.#passes,
    };
  }

  /** @throws GimbalError `GIMBAL_E_CANCELLED`, `GIMBAL_E_INVALID_ARGUMENT` after `close`, and what source and places throw. */
  async *frames(options: FramesOptions = {}): AsyncGenerator<Frame, void, undefined> {
    const { signal } = options;
    this.#checkOpen();
    if (this.#state === 'complete') {
      for (const frame of this.#frames) {
        throwIfAborted(signal);
        this.#checkOpen();
        yield frame.clone();
      }
      this.#checkOpen();
      return;
    }
    const filling = this.#state === 'empty' && (this.#known ?? 0) <= this.#budget;
    if (filling) this.#state = 'filling';
    this.#passes++;
    let count = 0;
    const upload = (frame: Frame) => this.#upload(frame, signal, filling);
    try {
      for await (const frame of prefetchToDevice(this.#source.frames(options), UNDER_WAY, upload)) {
        try {
          throwIfAborted(signal);
          this.#checkOpen();
          if (filling) this.#keep(frame);
        } catch (error) {
          frame.close();
          throw error;
        }
        count++;
        yield frame;
      }
      this.#known = count * this.#store.frameBytes;
      if (filling && this.#state === 'filling') this.#state = 'complete';
    } finally {
      if (filling && this.#state === 'filling') this.#drop('empty');
    }
  }

  /** Closes the source too. Memory of frames that are still open is given back when they are closed. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#drop('given up');
    await this.#source.close();
    await this.#store.close();
  }

  async #upload(frame: Frame, signal: AbortSignal | undefined, filling: boolean): Promise<Frame> {
    const again = filling ? frame.clone() : undefined;
    try {
      return await this.#store.upload(frame, signal);
    } catch (error) {
      const full = GimbalError.isInstance(error) && error.code === 'GIMBAL_E_DEVICE_MEMORY';
      if (!full || again === undefined) throw error;
      // Others have taken what the budget counted on. Without what was kept there is room again.
      if (this.#state === 'filling') this.#drop('given up');
      return await this.#store.upload(again.clone(), signal);
    } finally {
      again?.close();
    }
  }

  #keep(frame: Frame): void {
    if (this.#state !== 'filling') return;
    if ((this.#frames.length + 1) * this.#store.frameBytes <= this.#budget) {
      this.#frames.push(frame.clone());
      return;
    }
    this.#drop('given up');
    // Nobody waits for this: the pass goes on meanwhile.
    this.#store.trim().catch(() => undefined);
  }

  #drop(state: 'empty' | 'given up'): void {
    for (const frame of this.#frames.splice(0)) frame.close();
    this.#state = state;
  }

  #checkOpen(): void {
    if (this.#closed) throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', 'This source was read after it was closed.');
  }
}
