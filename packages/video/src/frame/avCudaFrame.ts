import type { CudaArray, CudaFrame } from '@gimbal/core';
import type { Frame as NativeFrame } from 'node-av/lib';
import { AvPicture, type FrameDescription, freeNative, type Release } from './avPicture.js';
import { planeShapes } from './pixelFormats.js';
import { firstRows } from './viewCache.js';

/** CUDA's legacy default stream: FFmpeg's work on a device is ordered by it. */
const LEGACY_STREAM = 1n;

/** What a frame must know of the device that it lies on. */
export interface FrameDevice {
  readonly ordinal: number;
  addressOf(view: Uint8Array): bigint;
}

/**
 * A frame whose planes are an AVFrame's surfaces on a CUDA device. Close it when the work that reads it is done, not when it is queued:
 * FFmpeg uses the memory again at once.
 */
export class AvCudaFrame extends AvPicture<CudaArray> implements CudaFrame {
  readonly memory = 'cuda';
  readonly #device: FrameDevice;

  /** @param release what becomes of the AVFrame when the frame is closed; it is freed unless told otherwise. */
  constructor(native: NativeFrame, device: FrameDevice, description: FrameDescription, release: Release = freeNative) {
    super(native, description, release);
    this.#device = device;
  }

  clone(): AvCudaFrame {
    return new AvCudaFrame(this.cloneNative(), this.#device, this);
  }

  protected planesOf(native: NativeFrame): CudaArray[] {
    const rows = firstRows(native);
    const pitches = native.linesize;
    return planeShapes(this.format, this).map(({ width, height, channels, bytesPerSample }, i) => ({
      shape: channels === 1 ? [height, width] : [height, width, channels],
      strides: channels === 1 ? [pitches[i], bytesPerSample] : [pitches[i], bytesPerSample * channels, bytesPerSample],
      typestr: bytesPerSample === 1 ? '|u1' : '<u2',
      // The view's address is the device's own; its bytes are never touched.
      pointer: this.#device.addressOf(rows[i]),
      stream: LEGACY_STREAM,
      device: this.#device.ordinal,
    }));
  }
}
