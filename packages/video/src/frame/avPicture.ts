// A frame around an AVFrame, which it gives back when it is closed.
import { GimbalError, type PixelFormat, type Size } from '@gimbal/core';
import { AV_FRAME_DATA_A53_CC } from 'node-av/constants';
import type { Frame as NativeFrame } from 'node-av/lib';

/** When a frame is shown, in the exact units of its stream. */
export interface FrameTiming {
  /** In ticks of the stream's time base. */
  readonly pts: bigint;
  /** In ticks; 0 when unknown. */
  readonly duration: bigint;
}

/** What a frame is besides its samples. */
export interface FrameDescription extends FrameTiming, Size {
  readonly format: PixelFormat;
  readonly time: number;
  readonly index: number;
  readonly fullRange: boolean;
}

/** What becomes of the AVFrame when its frame is closed. */
export type Release = (native: NativeFrame) => void;

/** A frame that owns an AVFrame handle, wherever its samples lie, and gives it back once. */
export abstract class AvPicture<Plane> implements FrameDescription {
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  readonly time: number;
  readonly index: number;
  readonly fullRange: boolean;
  readonly pts: bigint;
  readonly duration: bigint;
  readonly #release: Release;
  #native: NativeFrame | undefined;
  #planes: readonly Plane[] | undefined;

  constructor(native: NativeFrame, description: FrameDescription, release: Release) {
    this.#native = native;
    this.#release = release;
    this.width = description.width;
    this.height = description.height;
    this.format = description.format;
    this.time = description.time;
    this.index = description.index;
    this.fullRange = description.fullRange;
    this.pts = description.pts;
    this.duration = description.duration;
  }

  /** The AVFrame. @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` after `close`. */
  get native(): NativeFrame {
    if (this.#native === undefined) {
      throw new GimbalError(
        'GIMBAL_E_INVALID_ARGUMENT',
        `Frame ${this.index} was used after it was closed; clone() it to keep it longer.`,
      );
    }
    return this.#native;
  }

  get planes(): readonly Plane[] {
    const native = this.native;
    this.#planes ??= this.planesOf(native);
    return this.#planes;
  }

  /** A copy, which outlives the frame. */
  get captions(): Uint8Array | undefined {
    const block = this.native.getSideData(AV_FRAME_DATA_A53_CC);
    return block === null ? undefined : Uint8Array.from(block);
  }

  close(): void {
    const native = this.#native;
    this.#native = undefined;
    this.#planes = undefined;
    if (native !== undefined) this.#release(native);
  }

  /** Hands the AVFrame to the caller, who calls `release` when done with it; the frame counts as closed. */
  take(): { readonly native: NativeFrame; readonly release: () => void } {
    const native = this.native;
    this.#native = undefined;
    this.#planes = undefined;
    return { native, release: () => this.#release(native) };
  }

  protected abstract planesOf(native: NativeFrame): readonly Plane[];

  /** A second reference to the samples. */
  protected cloneNative(): NativeFrame {
    const native = this.native.clone();
    if (native === null)
      throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', 'There is no memory left to clone a frame.');
    return native;
  }
}

/** Gives the handle back to FFmpeg. */
export function freeNative(native: NativeFrame): void {
  native.free();
}
