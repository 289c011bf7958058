import { GimbalError, type HostFrame, type PixelFormat, type Plane, type Size } from '@gimbal/core';
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

/** A frame whose planes are views on an AVFrame's buffers. It owns that AVFrame handle and gives it back once. */
export class AvFrame implements HostFrame {
  readonly memory = 'host';
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  readonly time: number;
  readonly index: number;
  readonly fullRange: boolean;
  readonly pts: bigint;
  readonly duration: bigint;
  readonly #release: (native: NativeFrame) => void;
  #native: NativeFrame | undefined;
  #planes: readonly Plane[] | undefined;

  /** @param release what becomes of the AVFrame when the frame is closed; it is freed unless told otherwise. */
  constructor(native: NativeFrame, description: FrameDescription, release = (frame: NativeFrame) => frame.free()) {
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
    this.#planes ??= planesOf(native, this.format, this);
    return this.#planes;
  }

  clone(): AvFrame {
    const native = this.native.clone();
    if (native === null)
      throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', 'There is no memory left to clone a frame.');
    return new AvFrame(native, this);
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
}

function planesOf(native: NativeFrame, format: PixelFormat, size: Size): Plane[] {
  const data = native.data ?? [];
  const strides = native.linesize;
  const bytesPerSample = format.bitDepth > 8 ? 2 : 1;
  const count = !format.chroma ? 1 : format.layout === 'planar' ? 3 : 2;
  return Array.from({ length: count }, (_, i): Plane => {
    const shiftX = i === 0 ? 0 : format.chromaShiftX;
    const shiftY = i === 0 ? 0 : format.chromaShiftY;
    return {
      data: data[i],
      width: (size.width + (1 << shiftX) - 1) >> shiftX,
      height: (size.height + (1 << shiftY) - 1) >> shiftY,
      stride: strides[i],
      channels: i > 0 && format.layout === 'semiplanar' ? 2 : 1,
      bytesPerSample,
    };
  });
}
