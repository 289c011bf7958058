import type { MessagePort } from 'node:worker_threads';
import { type Frame, type FrameSink, GimbalError, type PixelFormat, type Size, type SourceWarning } from '@gimbal/core';
import { errorFrom } from './errorWords.js';
import { PicturePool } from './picturePool.js';
import { PortHold } from './portHold.js';
import type { PicturePlace, PictureTiming, SharedPicture } from './sharedPicture.js';
import type { SinkMessage, SinkRequest } from './sinkMessages.js';
import { WrittenPictures } from './writtenPictures.js';

/** What {@link ThreadSink} must know of the sink at the other end. */
export interface ThreadSinkOptions {
  /** What messages call the output. */
  readonly name: string;
  /** Of the pictures that will come. */
  readonly format: PixelFormat;
  readonly fullRange: boolean;
  /** Called when the other thread is gone before its time, to put away what it has left behind. */
  readonly lost?: (() => Promise<void>) | undefined;
}

/**
 * The sink that another thread serves with `serveSink`. It lends pictures in memory that both threads share, so that only what describes
 * them crosses, several at once.
 */
export class ThreadSink implements FrameSink {
  readonly memory = ['host'] as const;
  readonly #port: MessagePort;
  readonly #hold: PortHold;
  readonly #options: ThreadSinkOptions;
  #pool: PicturePool | undefined;
  #written: WrittenPictures | undefined;
  #notes: readonly string[] = [];
  #warnings: readonly SourceWarning[] = [];
  #state: 'new' | 'opening' | 'open' | 'finishing' = 'new';
  #ending: Promise<void> | undefined;
  #over: SinkMessage['kind'] | 'lost' | undefined;
  #failure: Error | undefined;
  #tidied: Promise<void> | undefined;
  #waking: (() => void)[] = [];

  constructor(port: MessagePort, options: ThreadSinkOptions) {
    this.#port = port;
    this.#options = options;
    port.on('message', (message: SinkMessage) => this.#receive(message));
    port.once('close', () => this.lose());
    this.#hold = new PortHold(port);
  }

  /** What could not be kept as it was, in words. Complete after `finish`. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  /** What was damaged in what the sink copies from elsewhere. Complete after `finish`. */
  get warnings(): readonly SourceWarning[] {
    return this.#warnings;
  }

  /** Pictures that memory was taken for. */
  get pictures(): number {
    return this.#pool?.size ?? 0;
  }

  /** @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT`, `GIMBAL_E_ENCODE` when the thread is gone, and what its sink throws. */
  async open(size: Size): Promise<void> {
    const { name, format, fullRange } = this.#options;
    this.#throwFailure();
    if (this.#state !== 'new' || this.#ending !== undefined) {
      throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `The sink for ${name} is used up: one is opened once.`);
    }
    this.#state = 'opening';
    this.#pool = new PicturePool({ format, size: { width: size.width, height: size.height }, fullRange });
    this.#written = new WrittenPictures(this.#pool.bytes);
    this.#post({ kind: 'open', pictures: this.#pool.kind, together: this.#written.together });
    while (this.#state === 'opening' && this.#working) await this.#change();
    this.#throwFailure();
    if (!this.#working) throw this.#notOpen();
  }

  /** @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT`, and as `write`. */
  allocate(like: Frame): SharedPicture {
    const { format } = this.#options;
    this.#throwFailure();
    if (this.#pool === undefined || this.#state === 'finishing' || this.#ending !== undefined) throw this.#notOpen();
    if (like.format.name !== format.name) {
      throw new GimbalError(
        'GIMBAL_E_INVALID_ARGUMENT',
        `Expected frames of ${format.name}, as the source has, received ${like.format.name}.`,
      );
    }
    return this.#pool.lend(like as Frame & PictureTiming);
  }

  /** Resolves when the next frame is welcome. @throws GimbalError as `open`: also for a frame written earlier. */
  async write(frame: Frame): Promise<void> {
    const { index, time, pts, duration } = frame as Frame & PictureTiming;
    let place: PicturePlace;
    try {
      this.#throwFailure();
      if (this.#state !== 'open' || this.#ending !== undefined) throw this.#notOpen();
      place = (this.#pool as PicturePool).own(frame);
    } catch (error) {
      frame.close();
      throw error;
    }
    const written = this.#written as WrittenPictures;
    if (written.add({ place: place.id, index, time, pts, duration })) this.#send();
    while (written.full && this.#working) await this.#change();
    this.#throwFailure();
  }

  async finish(): Promise<void> {
    this.#throwFailure();
    if (this.#state !== 'open' || this.#ending !== undefined) throw this.#notOpen();
    this.#state = 'finishing';
    this.#send();
    this.#post({ kind: 'finish' });
    while (this.#over === undefined && this.#failure === undefined) await this.#change();
    if (this.#failure !== undefined) await this.abort();
    this.#throwFailure();
    if (this.#over !== 'finished') throw this.#notOpen();
  }

  abort(): Promise<void> {
    this.#ending ??= this.#abort();
    return this.#ending;
  }

  /** The other thread is gone: after its last message, as it should be, or too early. @param cause Why, where it told. */
  lose(cause?: Error): void {
    if (this.#over !== undefined) return;
    const why = cause === undefined ? '' : `: ${cause.message}`;
    const message = `The thread that encodes ${this.#options.name} has ended unexpectedly${why}.`;
    this.#failure ??= GimbalError.isInstance(cause) ? cause : new GimbalError('GIMBAL_E_ENCODE', message, { cause });
    this.#tidied = this.#options.lost?.();
    this.#end('lost');
  }

  async #abort(): Promise<void> {
    if (this.#over === undefined) this.#post({ kind: 'abort' });
    this.#wake();
    while (this.#over === undefined) await this.#change();
    await this.#tidied;
  }

  #receive(message: SinkMessage): void {
    switch (message.kind) {
      case 'opened':
        this.#notes = message.notes;
        this.#state = 'open';
        break;
      case 'taken':
        this.#written?.taken(message.places.length);
        for (const id of message.places) this.#pool?.release(id);
        break;
      case 'failed':
        this.#failure ??= errorFrom(message.error);
        break;
      default:
        this.#notes = message.notes;
        if (message.kind === 'finished') this.#warnings = message.warnings;
        this.#end(message.kind);
    }
    this.#wake();
  }

  #end(how: 'finished' | 'aborted' | 'lost'): void {
    this.#over = how;
    this.#pool = undefined;
    this.#wake();
  }

  #send(): void {
    const pictures = this.#written?.untold() ?? [];
    if (pictures.length > 0) this.#post({ kind: 'write', pictures, places: this.#pool?.untold() ?? [] });
  }

  /** Whether there is somebody to wait for. */
  get #working(): boolean {
    return this.#over === undefined && this.#failure === undefined && this.#ending === undefined;
  }

  #change(): Promise<void> {
    return this.#hold.until(new Promise((resolve) => this.#waking.push(resolve)));
  }

  #wake(): void {
    for (const resolve of this.#waking.splice(0)) resolve();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #notOpen(): GimbalError {
    return new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `The sink for ${this.#options.name} is not open: call open() first, and nothing after finish() or abort().`,
    );
  }

  #post(request: SinkRequest): void {
    this.#port.postMessage(request);
  }
}
