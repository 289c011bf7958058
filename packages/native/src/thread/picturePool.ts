import { type Frame, GimbalError } from '@gimbal/core';
import { PicturePlace, type PictureTiming, pictureBytes, SharedPicture } from './sharedPicture.js';
import type { PictureKind, PlaceWords } from './sinkMessages.js';

/** Lends pictures in shared memory and lends them again, so that nothing is allocated once a run is warm. */
export class PicturePool {
  readonly kind: PictureKind;
  /** Bytes of each. */
  readonly bytes: number;
  readonly #places = new Map<number, PicturePlace>();
  readonly #idle: PicturePlace[] = [];
  #untold: PlaceWords[] = [];

  constructor(kind: PictureKind) {
    this.kind = kind;
    this.bytes = pictureBytes(kind);
  }

  /** How many there are. */
  get size(): number {
    return this.#places.size;
  }

  /** A picture to be filled; its samples are whatever they were. */
  lend(timing: PictureTiming): SharedPicture {
    return new SharedPicture(this.#idle.pop() ?? this.#grow(), this.kind, timing);
  }

  /**
   * The place of a frame, closed by that: its own if it is one of these, otherwise that of a copy.
   * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for another size or format; then it stays open.
   */
  own(frame: Frame): PicturePlace {
    const { format, size } = this.kind;
    const fits = frame.width === size.width && frame.height === size.height && frame.format.name === format.name;
    if (!fits || frame.memory !== 'host') {
      throw new GimbalError(
        'GIMBAL_E_INVALID_ARGUMENT',
        `Expected ${size.width}×${size.height} frames of ${format.name} in host memory, received ${frame.width}×${frame.height} of ${frame.format.name} in ${frame.memory} memory.`,
      );
    }
    if (frame instanceof SharedPicture && frame.kind === this.kind) return frame.take();
    const copy = this.lend(frame);
    copy.fillFrom(frame);
    frame.close();
    return copy.take();
  }

  /** The other thread has done with it. */
  release(id: number): void {
    this.#places.get(id)?.release();
  }

  /** Places that were made since the last call. */
  untold(): PlaceWords[] {
    return this.#untold.length === 0 ? this.#untold : this.#untold.splice(0);
  }

  #grow(): PicturePlace {
    const memory = new SharedArrayBuffer(this.bytes);
    const place = new PicturePlace(this.#places.size, memory, this.kind, (free) => this.#idle.push(free));
    this.#places.set(place.id, place);
    this.#untold.push({ id: place.id, memory });
    return place;
  }
}
