import type { Frame, FrameSink, Size } from '@gimbal/core';

/** Makes a frame to be filled, of this size, with everything else as `like` has it. */
export type AllocateFrame = (like: Frame, size: Size) => Frame | Promise<Frame>;

/** A sink that is used for several runs. */
export interface NullSink extends FrameSink {
  /** Closes the frames that it keeps. */
  release(): void;
}

/** Takes frames and forgets them: a run without an encoder. Frames that were written are filled again, in the next run too. */
export function nullSink(allocate: AllocateFrame): NullSink {
  const idle: Frame[] = [];
  let size: Size = { width: 0, height: 0 };
  const release = () => {
    for (const frame of idle.splice(0)) frame.close();
  };
  return {
    memory: ['host', 'cuda'],
    async open(given) {
      if (given.width !== size.width || given.height !== size.height) release();
      size = given;
    },
    allocate: (like) => idle.pop() ?? allocate(like, size),
    async write(frame) {
      idle.push(frame);
    },
    async finish() {},
    async abort() {},
    release,
  };
}
