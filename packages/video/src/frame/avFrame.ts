import type { HostFrame, Plane } from '@gimbal/core';
import type { Frame as NativeFrame } from 'node-av/lib';
import { AvPicture, type FrameDescription, freeNative, type Release } from './avPicture.js';
import { planeShapes } from './pixelFormats.js';
import type { ViewCache } from './viewCache.js';

/** A frame whose planes are views on an AVFrame's buffers. */
export class AvFrame extends AvPicture<Plane> implements HostFrame {
  readonly memory = 'host';
  readonly #views: ViewCache | undefined;

  /**
   * @param release what becomes of the AVFrame when the frame is closed; it is freed unless told otherwise.
   * @param views where views are remembered, for AVFrames that are met once.
   */
  constructor(
    native: NativeFrame,
    description: FrameDescription,
    release: Release = freeNative,
    views: ViewCache | undefined = undefined,
  ) {
    super(native, description, release);
    this.#views = views;
  }

  clone(): AvFrame {
    return new AvFrame(this.cloneNative(), this, freeNative, this.#views);
  }

  protected planesOf(native: NativeFrame): Plane[] {
    const strides = native.linesize;
    const shapes = planeShapes(this.format, this);
    const bytes = shapes.map(({ height }, i) => strides[i] * height);
    const data = this.#views?.of(native, bytes) ?? native.data ?? [];
    return shapes.map((shape, i) => ({ ...shape, data: data[i], stride: strides[i] }));
  }
}
