import { GimbalError, type PixelFormat, type Size } from '@gimbal/core';
import { AV_PIX_FMT_CUDA } from 'node-av/constants';
import { Frame, HardwareFramesContext } from 'node-av/lib';
import { ffmpegReason } from '../ffmpeg/ffmpeg.js';
import type { HardwareDevice } from '../ffmpeg/hardwareDevice.js';
import { AvCudaFrame } from './avCudaFrame.js';
import type { FrameDescription } from './avPicture.js';
import { pixelFormatNumber } from './pixelFormats.js';

/** Lends pictures of one size and format in a device's memory, where its video engine encodes them. FFmpeg keeps the pool. */
export class GpuFramePool {
  /** FFmpeg's pool; an encoder is given it. */
  readonly frames = new HardwareFramesContext();
  readonly #device: HardwareDevice;
  readonly #format: PixelFormat;
  readonly #size: Size;

  /** @throws GimbalError `GIMBAL_E_DEVICE_UNAVAILABLE` for a format in which a device holds no pictures. */
  constructor(device: HardwareDevice, format: PixelFormat, { width, height }: Size) {
    this.#device = device;
    this.#format = format;
    this.#size = { width, height };
    this.frames.alloc(device.context);
    this.frames.format = AV_PIX_FMT_CUDA;
    this.frames.swFormat = pixelFormatNumber(format);
    this.frames.width = width;
    this.frames.height = height;
    const made = this.frames.init();
    if (made < 0) {
      this.frames.free();
      throw new GimbalError(
        'GIMBAL_E_DEVICE_UNAVAILABLE',
        `FFmpeg holds no ${width}×${height} pictures of ${format.name} on cuda:${device.ordinal}: ${ffmpegReason(made)}.`,
      );
    }
  }

  /** A frame whose samples are undefined until they are written. @throws GimbalError `GIMBAL_E_DEVICE_MEMORY`. */
  frame(description: Omit<FrameDescription, 'width' | 'height' | 'format'>): AvCudaFrame {
    const native = new Frame();
    native.alloc();
    const got = this.frames.getBuffer(native);
    if (got < 0) {
      native.free();
      const { width, height } = this.#size;
      throw new GimbalError(
        'GIMBAL_E_DEVICE_MEMORY',
        `There is no room on cuda:${this.#device.ordinal} for one more ${width}×${height} picture (${this.#format.name}): ${ffmpegReason(got)}.`,
      );
    }
    return new AvCudaFrame(native, this.#device, { ...description, ...this.#size, format: this.#format });
  }

  close(): void {
    this.frames.free();
  }
}
