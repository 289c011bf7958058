import type { MessagePort } from 'node:worker_threads';

/** Lets a port keep the process alive only while somebody waits for what will come through it. */
export class PortHold {
  readonly #port: MessagePort;
  #waiting = 0;

  constructor(port: MessagePort) {
    this.#port = port;
    port.unref();
  }

  /** Waits for the event. */
  async until(event: Promise<void>): Promise<void> {
    if (this.#waiting++ === 0) this.#port.ref();
    try {
      await event;
    } finally {
      if (--this.#waiting === 0) this.#port.unref();
    }
  }
}
