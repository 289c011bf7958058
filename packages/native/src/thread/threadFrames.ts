import type { MessagePort } from 'node:worker_threads';
import {
  type ClipInfo,
  type Frame,
  type FramesOptions,
  GimbalError,
  type SourceWarning,
  throwIfAborted,
} from '@gimbal/core';
import type { DeviceCache } from '../cacheOnDevice.js';
import type { KeptFrames } from '../keepFrames.js';
import { errorFrom } from './errorWords.js';
import type { FrameMessage, FrameRequest, ServedClip, SourceState } from './frameMessages.js';
import { PortHold } from './portHold.js';
import { FramePlace, type PlaceOwner, ThreadFrame } from './threadFrame.js';
import { ThreadPass } from './threadPass.js';

/** Frames that are closed before they go back by a message of their own. */
const BACK_TOGETHER = 8;

/**
 * The frames that another thread serves with `serveFrames`. They lie on a device, which addresses mean the same in all threads of a process.
 * A clip that is kept there is described once: its later passes ask the other thread for nothing.
 */
export class ThreadFrames implements DeviceCache, PlaceOwner {
  readonly info: ClipInfo;
  readonly device: string;
  readonly #port: MessagePort;
  readonly #hold: PortHold;
  readonly #passes = new Map<number, ThreadPass>();
  #state: SourceState;
  /** All places of the clip, once a pass has brought all and they are kept there. */
  #kept: readonly FramePlace[] | undefined;
  #back: number[] = [];
  #next = 0;
  #out = 0;
  #closing: Promise<void> | undefined;
  #lost: GimbalError | undefined;
  #closed: { readonly error?: Error | undefined } | undefined;
  #whenClosed: (() => void) | undefined;

  /** @param clip What `serveFrames` of the other thread told. */
  constructor(port: MessagePort, clip: ServedClip) {
    this.info = clip.info;
    this.device = clip.device;
    this.#state = clip;
    this.#port = port;
    port.on('message', (message: FrameMessage) => this.#receive(message));
    port.once('close', () => this.#lose());
    this.#hold = new PortHold(port);
  }

  get warnings(): readonly SourceWarning[] {
    return this.#state.warnings;
  }

  /** As it was at the end of the last pass. */
  get kept(): KeptFrames {
    return this.#state.kept;
  }

  /** Frames of which somebody has a handle, or which are kept. The other thread lives on for them. */
  get out(): number {
    return this.#out;
  }

  /** @throws GimbalError `GIMBAL_E_CANCELLED`, `GIMBAL_E_INVALID_ARGUMENT` after `close`, `GIMBAL_E_DEVICE_LOST` when the thread is gone, and what its source throws. */
  async *frames({ signal, analysisOnly = false }: FramesOptions = {}): AsyncGenerator<Frame, void, undefined> {
    const check = () => {
      throwIfAborted(signal);
      this.#checkOpen();
    };
    check();
    this.checkAlive();
    if (this.#kept !== undefined) {
      for (const place of this.#kept) {
        check();
        yield new ThreadFrame(place);
      }
      this.#checkOpen();
      return;
    }
    const pass = this.#start(analysisOnly);
    const wake = () => pass.wake();
    signal?.addEventListener('abort', wake);
    try {
      for (;;) {
        check();
        if (!pass.ready) {
          await this.#hold.until(pass.change());
          continue;
        }
        const frame = pass.take();
        if (frame === undefined) break;
        yield frame;
      }
    } finally {
      signal?.removeEventListener('abort', wake);
      await this.#hold.until(pass.end());
      this.#sendBack();
    }
  }

  /** Closes the other thread's source too. Memory of frames that are still open is given back when they are closed. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  checkAlive(): void {
    if (this.#lost !== undefined) throw this.#lost;
  }

  giveBack(id: number): void {
    this.#out--;
    this.#back.push(id);
    if (this.#back.length >= BACK_TOGETHER || this.#closing !== undefined) this.#sendBack();
  }

  async #close(): Promise<void> {
    for (const pass of this.#passes.values()) pass.wake();
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    for (const place of kept) place.release();
    this.#sendBack();
    this.#post({ kind: 'close' });
    const closed = new Promise<void>((resolve) => {
      this.#whenClosed = resolve;
    });
    if (this.#closed === undefined) await this.#hold.until(closed);
    if (this.#closed?.error !== undefined) throw this.#closed.error;
  }

  #start(analysisOnly: boolean): ThreadPass {
    const id = this.#next++;
    const post = (request: FrameRequest) => this.#post(request);
    const pass = new ThreadPass(id, post, () => this.#back.splice(0));
    this.#passes.set(id, pass);
    this.#post({ kind: 'pass', pass: id, analysisOnly });
    return pass;
  }

  #receive(message: FrameMessage): void {
    switch (message.kind) {
      case 'frames': {
        const pass = this.#passes.get(message.pass);
        if (pass === undefined) return;
        if (message.planes !== undefined) pass.planes = message.planes;
        const { planes } = pass;
        this.#out += message.frames.length;
        pass.add(
          message.frames.map((words) => new FramePlace(words, planes, this)),
          message.kept,
        );
        return;
      }
      case 'ended': {
        const pass = this.#passes.get(message.pass);
        this.#passes.delete(message.pass);
        this.#state = message.state;
        if (message.error === undefined && message.state.kept.complete && this.#closing === undefined) {
          this.#kept ??= pass?.takeKept();
        }
        pass?.conclude(message.error && errorFrom(message.error));
        return;
      }
      case 'closed':
        this.#closed = { error: message.error && errorFrom(message.error) };
        this.#whenClosed?.();
    }
  }

  /** The other end of the port is gone: after `close` when the last frame is back, as it should be, or too early. */
  #lose(): void {
    this.#closed ??= {};
    this.#whenClosed?.();
    this.#lost = new GimbalError(
      'GIMBAL_E_DEVICE_LOST',
      `The thread that brought frames onto ${this.device} has ended unexpectedly, and their memory is gone with it.`,
    );
    for (const pass of this.#passes.values()) pass.fail(this.#lost);
    this.#passes.clear();
    this.#kept = undefined;
  }

  #sendBack(): void {
    if (this.#back.length > 0) this.#post({ kind: 'back', back: this.#back.splice(0) });
  }

  #post(request: FrameRequest): void {
    this.#port.postMessage(request);
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) {
      throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', 'This source was read after it was closed.');
    }
  }
}
