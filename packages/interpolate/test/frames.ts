import {
  type ClipInfo,
  type Estimator,
  type FrameSource,
  type HostFrame,
  motionField,
  type PixelFormat,
  type Size,
  type Verdict,
  YUV420P,
} from '@gimbal/core';
import { allocateHostFrame } from '@gimbal/native';

/** A frame whose samples a function of plane, x and y gives. */
export function drawnFrame(
  size: Size,
  draw: (plane: number, x: number, y: number) => number,
  { time = 0, index = 0, format = YUV420P }: { time?: number; index?: number; format?: PixelFormat } = {},
): HostFrame {
  const frame = allocateHostFrame(format, size, { time, index });
  frame.planes.forEach((plane, p) => {
    const view = new DataView(plane.data.buffer, plane.data.byteOffset);
    for (let y = 0; y < plane.height; y++) {
      for (let x = 0; x < plane.width * plane.channels; x++) {
        const value = Math.round(draw(p, x, y));
        if (plane.bytesPerSample === 1) plane.data[y * plane.stride + x] = value;
        else view.setUint16(y * plane.stride + 2 * x, value << format.shift, true);
      }
    }
  });
  return frame;
}

/** A source of frames that a function makes anew for each pass. */
export function sourceOf(
  count: number,
  frameAt: (index: number) => HostFrame,
  info: Partial<ClipInfo> = {},
): FrameSource {
  const first = frameAt(0);
  return {
    info: {
      width: first.width,
      height: first.height,
      format: first.format,
      frameRate: 25,
      frameCount: count,
      duration: undefined,
      ...info,
    },
    warnings: [],
    async *frames() {
      for (let i = 0; i < count; i++) yield frameAt(i);
    },
    close: async () => undefined,
  };
}

/** An estimator that answers what it is told to: a shift, and a verdict for each pair. */
export function toldEstimator(
  verdict: (previous: number, current: number) => Verdict = () => 'ok',
  shift = [0, 0],
): Estimator {
  return {
    name: 'told',
    memory: ['host'],
    async estimate(previous, current) {
      const { width, height } = current;
      return motionField({
        size: { width, height },
        homographies: [1, 0, shift[0], 0, 1, shift[1], 0, 0, 1],
        verdict: verdict(previous.index, current.index),
      });
    },
  };
}
