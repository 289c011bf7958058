import { GimbalError, type HostFrame, type PixelFormat, type Size } from '@gimbal/core';
import { Frame } from 'node-av/lib';
import { AvFrame } from './avFrame.js';
import type { FrameDescription } from './avPicture.js';
import { pixelFormatNumber } from './pixelFormats.js';

/** Lends AVFrames of one size and format and takes them back, so that nothing is allocated once a run is warm. */
export class FramePool {
  readonly size: Size;
  readonly format: PixelFormat;
  readonly #idle: Frame[] = [];
  #closed = false;

  constructor(format: PixelFormat, { width, height }: Size) {
    this.format = format;
    this.size = { width, height };
  }

  /** An AVFrame with no other holder; its samples are whatever they were. */
  take(): Frame {
    // An encoder may still read from a frame that was given back: one whose buffers are shared is left to rest.
    const free = this.#idle.findIndex((frame) => frame.isWritable);
    if (free >= 0) return this.#idle.splice(free, 1)[0];
    const frame = new Frame();
    frame.alloc();
    frame.width = this.size.width;
    frame.height = this.size.height;
    frame.format = pixelFormatNumber(this.format);
    if (frame.getBuffer(0) < 0) {
      frame.free();
      const { width, height } = this.size;
      throw new GimbalError(
        'GIMBAL_E_ENCODE',
        `There is no memory for a ${width}×${height} picture (${this.format.name}).`,
      );
    }
    return frame;
  }

  give(frame: Frame): void {
    if (this.#closed) frame.free();
    else this.#idle.push(frame);
  }

  /** A frame to be filled; closing it gives it back. */
  frame(description: Omit<FrameDescription, 'width' | 'height' | 'format'>): AvFrame {
    return new AvFrame(this.take(), { ...description, ...this.size, format: this.format }, (native) =>
      this.give(native),
    );
  }

  close(): void {
    this.#closed = true;
    for (const frame of this.#idle.splice(0)) frame.free();
  }
}

/** Copies the samples of any host frame of the same format and size. */
export function copySamples(from: HostFrame, to: AvFrame): void {
  for (const [i, target] of to.planes.entries()) {
    const source = from.planes[i];
    const bytes = target.width * target.channels * target.bytesPerSample;
    if (source.stride === target.stride) {
      target.data.set(source.data.subarray(0, source.stride * (target.height - 1) + bytes));
      continue;
    }
    for (let y = 0; y < target.height; y++) {
      target.data.set(source.data.subarray(y * source.stride, y * source.stride + bytes), y * target.stride);
    }
  }
}
