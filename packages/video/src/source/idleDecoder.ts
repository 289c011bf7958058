import type { CodecContext } from 'node-av/lib';

/**
 * Keeps a device's decoder from one pass over a file to the next. To make one takes the driver about as long as fifty pictures, and to end one
 * holds up the thread that does it, which is the main one, for longer than an event loop may stand still.
 */
export class IdleDecoder {
  #codec: CodecContext | undefined;
  #closed = false;

  /** The decoder, if it rests; it has forgotten every picture. */
  take(): CodecContext | undefined {
    const codec = this.#codec;
    this.#codec = undefined;
    return codec;
  }

  /** Takes a decoder over. It is ended at once when another rests here, or when it will not be asked for any more. */
  rest(codec: CodecContext): void {
    if (this.#closed || this.#codec !== undefined) {
      codec.freeContext();
      return;
    }
    codec.flushBuffers();
    this.#codec = codec;
  }

  /** Ends the decoder; one that is at work is ended when it comes to rest. */
  close(): void {
    this.#closed = true;
    this.take()?.freeContext();
  }
}
