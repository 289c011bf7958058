import { type Frame, type FrameSource, type FramesOptions, globalWarp, type Renderer } from '@gimbal/core';
import { type RectifyFrames, readoutWarp } from '@gimbal/core/shutter';
import { allocateHostFrame } from '@gimbal/native';

const IDENTITY = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

/** Shows frames without their rolling shutter, in host memory and in their own size. What no row saw repeats the edge. */
export function rectifyFramesWith(renderer: () => Renderer): RectifyFrames {
  return (source, { axis, motions }): FrameSource => {
    const { info } = source;
    return {
      info,
      get warnings() {
        return source.warnings;
      },
      async *frames(options?: FramesOptions) {
        const own = renderer();
        let index = 0;
        for await (const frame of source.frames(options)) {
          const motion = motions[index++];
          const warp = motion === undefined ? globalWarp(IDENTITY) : readoutWarp(IDENTITY, motion, axis, info, info);
          yield await shown(own, frame, warp, options);
        }
      },
      // The source stays its maker's.
      close: async () => undefined,
    };
  };
}

async function shown(
  renderer: Renderer,
  frame: Frame,
  warp: ReturnType<typeof globalWarp>,
  options: FramesOptions = {},
): Promise<Frame> {
  try {
    const target = allocateHostFrame(frame.format, frame, frame);
    await renderer.render(frame, target, warp, options);
    return target;
  } finally {
    frame.close();
  }
}
