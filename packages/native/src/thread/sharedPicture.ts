import { GimbalError, type HostFrame, type PixelFormat, type Plane } from '@gimbal/core';
import { alignedStride, planeLayout } from '../planeLayout.js';
import type { PictureKind } from './sinkMessages.js';

/** Bytes of a picture in shared memory. */
export function pictureBytes({ format, size }: PictureKind): number {
  return planeLayout(format, size).reduce((sum, shape) => sum + alignedStride(shape) * shape.height, 0);
}

/** Memory that several threads share, for one picture after the other. Its views are made once. */
export class PicturePlace {
  readonly id: number;
  readonly memory: SharedArrayBuffer;
  readonly planes: readonly Plane[];
  readonly #free: (place: PicturePlace) => void;
  #holders = 0;

  /** @param free Called whenever nobody holds the place any more. */
  constructor(id: number, memory: SharedArrayBuffer, kind: PictureKind, free: (place: PicturePlace) => void) {
    this.id = id;
    this.memory = memory;
    this.#free = free;
    let at = 0;
    this.planes = planeLayout(kind.format, kind.size).map((shape): Plane => {
      const stride = alignedStride(shape);
      const data = new Uint8Array(memory, at, stride * shape.height);
      at += data.length;
      return { ...shape, stride, data };
    });
  }

  hold(): void {
    this.#holders++;
  }

  release(): void {
    if (--this.#holders === 0) this.#free(this);
  }
}

/** When a picture is shown. */
export interface PictureTiming {
  readonly index: number;
  /** Seconds. */
  readonly time: number;
  /** In ticks of its stream's time base, where it comes from one that has such. */
  readonly pts?: bigint | undefined;
  readonly duration?: bigint | undefined;
}

/** A handle on a picture in shared memory. */
export class SharedPicture implements HostFrame, PictureTiming {
  readonly memory = 'host';
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  readonly fullRange: boolean;
  readonly index: number;
  readonly time: number;
  readonly pts: bigint | undefined;
  readonly duration: bigint | undefined;
  /** Those of one pool share it. */
  readonly kind: PictureKind;
  #place: PicturePlace | undefined;

  constructor(place: PicturePlace, kind: PictureKind, { index, time, pts, duration }: PictureTiming) {
    place.hold();
    this.#place = place;
    this.kind = kind;
    this.width = kind.size.width;
    this.height = kind.size.height;
    this.format = kind.format;
    this.fullRange = kind.fullRange;
    this.index = index;
    this.time = time;
    this.pts = pts;
    this.duration = duration;
  }

  get planes(): readonly Plane[] {
    return this.#open.planes;
  }

  clone(): SharedPicture {
    return new SharedPicture(this.#open, this.kind, this);
  }

  close(): void {
    const place = this.#place;
    this.#place = undefined;
    place?.release();
  }

  /** Hands the place over to the caller, who releases it; the picture counts as closed. */
  take(): PicturePlace {
    const place = this.#open;
    this.#place = undefined;
    return place;
  }

  /** Copies the samples of a frame of the same size and format. */
  fillFrom({ planes }: HostFrame): void {
    for (const [i, { data, stride, ...shape }] of this.planes.entries()) {
      const source = planes[i];
      const bytes = shape.width * shape.channels * shape.bytesPerSample;
      for (let y = 0; y < shape.height; y++) {
        data.set(source.data.subarray(y * source.stride, y * source.stride + bytes), y * stride);
      }
    }
  }

  get #open(): PicturePlace {
    if (this.#place !== undefined) return this.#place;
    throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', 'This frame has been closed; keep one longer with clone().');
  }
}
