import { type ClipInfo, type CudaArray, type CudaFrame, GimbalError, type PixelFormat } from '@gimbal/core';
import type { FrameWords, PlaneWords } from './frameMessages.js';

/** Whom a place belongs to. */
export interface PlaceOwner {
  readonly info: ClipInfo;
  /** Throws when the memory is gone with the thread that owned it. */
  checkAlive(): void;
  giveBack(id: number): void;
}

/** Where a frame of another thread lies. It is given back when nobody holds it any more: no handle, and no list that it is in. */
export class FramePlace {
  readonly words: FrameWords;
  readonly owner: PlaceOwner;
  readonly #shared: readonly PlaneWords[];
  #planes: readonly CudaArray[] | undefined;
  #holders = 0;

  constructor(words: FrameWords, planes: readonly PlaneWords[], owner: PlaceOwner) {
    this.words = words;
    this.owner = owner;
    this.#shared = planes;
  }

  get planes(): readonly CudaArray[] {
    this.owner.checkAlive();
    this.#planes ??= this.#shared.map((plane, i) => ({ ...plane, pointer: this.words.pointers[i] }));
    return this.#planes;
  }

  hold(): void {
    this.#holders++;
  }

  release(): void {
    if (--this.#holders === 0) this.owner.giveBack(this.words.id);
  }
}

/** A handle on a frame that another thread has brought onto a device. */
export class ThreadFrame implements CudaFrame {
  readonly memory = 'cuda';
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  readonly time: number;
  readonly index: number;
  readonly fullRange: boolean;
  #place: FramePlace | undefined;

  constructor(place: FramePlace) {
    const { words, owner } = place;
    this.width = owner.info.width;
    this.height = owner.info.height;
    this.format = owner.info.format;
    this.time = words.time;
    this.index = words.index;
    this.fullRange = words.fullRange;
    place.hold();
    this.#place = place;
  }

  get planes(): readonly CudaArray[] {
    return this.#open.planes;
  }

  clone(): ThreadFrame {
    return new ThreadFrame(this.#open);
  }

  close(): void {
    const place = this.#place;
    this.#place = undefined;
    place?.release();
  }

  get #open(): FramePlace {
    if (this.#place !== undefined) return this.#place;
    throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', 'This frame has been closed; keep one longer with clone().');
  }
}
