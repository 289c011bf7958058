import type { HostFrame, Plane } from '@gimbal/core';
import type { Frame as NativeFrame } from 'node-av/lib';
import { AvPicture, type FrameDescription, freeNative, type Release } from './avPicture.js';
import { planeShapes } from './pixelFormats.js';

/** A frame whose planes are views on an AVFrame's buffers. */
export class AvFrame extends AvPicture<Plane> implements HostFrame {
  readonly memory = 'host';

  /** @param release what becomes of the AVFrame when the frame is closed; it is freed unless told otherwise. */
  constructor(native: NativeFrame, description: FrameDescription, release: Release = freeNative) {
    super(native, description, release);
  }

  clone(): AvFrame {
    return new AvFrame(this.cloneNative(), this);
  }

  protected planesOf(native: NativeFrame): Plane[] {
    const data = native.data ?? [];
    const strides = native.linesize;
    return planeShapes(this.format, this).map((shape, i) => ({ ...shape, data: data[i], stride: strides[i] }));
  }
}
