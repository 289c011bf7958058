import { GimbalError } from '../src/errors.js';
import { type FrameSink, type FrameSource, GRAY, type HostFrame, type Size } from '../src/index.js';

/** Brightness 0..255 of a scene at a point; smooth, and nowhere alike within the distances that the tests move. */
export type Scene = (x: number, y: number) => number;

export function hills(seed: number): Scene {
  return (x, y) =>
    128 +
    40 * Math.sin(0.31 * x + 0.17 * y + seed) +
    35 * Math.sin(0.23 * y - 0.11 * x + 2 * seed) +
    30 * Math.sin(0.053 * x * 1.7 + 0.071 * y + 3 * seed);
}

/** What the camera saw at one instant: a scene, looked at from (x, y). */
export interface Shown {
  readonly time: number;
  readonly scene: Scene;
  readonly x: number;
  readonly y: number;
}

/** Counts handles, so that a test sees whether every frame was closed. */
export class Ledger {
  open = 0;
  most = 0;

  frame(size: Size, index: number, time: number, data: Uint8Array): HostFrame {
    const { width, height } = size;
    this.open++;
    this.most = Math.max(this.most, this.open);
    let closed = false;
    return {
      width,
      height,
      format: GRAY,
      memory: 'host',
      planes: [{ data, width, height, stride: width, channels: 1, bytesPerSample: 1 }],
      index,
      time,
      fullRange: true,
      clone: () => {
        if (closed) throw new Error(`Frame ${index} was cloned after it was closed.`);
        return this.frame(size, index, time, data);
      },
      close: () => {
        if (!closed) this.open--;
        closed = true;
      },
    };
  }
}

/** A clip that is painted when it is read. */
export function memorySource(shown: readonly Shown[], size: Size, ledger: Ledger): FrameSource {
  return {
    info: { ...size, format: GRAY, frameRate: 30, frameCount: shown.length, duration: shown.length / 30 },
    warnings: [],
    async *frames() {
      for (const [index, { time, scene, x, y }] of shown.entries()) {
        const data = new Uint8Array(size.width * size.height);
        for (let row = 0; row < size.height; row++) {
          for (let col = 0; col < size.width; col++) data[row * size.width + col] = scene(col + x, row + y);
        }
        yield ledger.frame(size, index, time, data);
      }
    },
    async close() {},
  };
}

/** Keeps what was written. `failAt`: the frame at which the disk is full. */
export class MemorySink implements FrameSink {
  size: Size | undefined;
  readonly written: HostFrame[] = [];
  state: 'new' | 'open' | 'finished' | 'aborted' = 'new';

  constructor(
    private readonly ledger: Ledger,
    private readonly failAt = Number.POSITIVE_INFINITY,
  ) {}

  async open(size: Size): Promise<void> {
    this.size = size;
    this.state = 'open';
  }

  allocate(like: HostFrame): HostFrame {
    const size = this.size ?? like;
    return this.ledger.frame(size, like.index, like.time, new Uint8Array(size.width * size.height));
  }

  async write(frame: HostFrame): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    frame.close();
    if (frame.index === this.failAt) throw new GimbalError('GIMBAL_E_DISK_FULL', 'No space left.');
    this.written.push(frame);
  }

  async finish(): Promise<void> {
    this.state = 'finished';
  }

  async abort(): Promise<void> {
    if (this.state !== 'finished') this.state = 'aborted';
  }
}
