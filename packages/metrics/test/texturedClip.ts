import {
  type Estimator,
  type Frame,
  type FrameSource,
  GRAY,
  type Homography,
  type HostFrame,
  motionField,
  type Size,
} from '@gimbal/core';
import { applyHomography, invertHomography, multiplyHomographies } from '@gimbal/core/geometry';

/** One frame of a test clip: where the camera looks (scene → frame pixels) and when. */
export interface TexturedFrame {
  readonly pose: Homography;
  readonly time: number;
  /** Which scene it shows; a change is a cut. */
  readonly scene?: number;
  /** Paints pixels over the scene, 8-bit code values. */
  readonly paint?: (x: number, y: number) => number | undefined;
}

export interface TexturedClip extends FrameSource {
  /** Handles that were given out and not closed. */
  readonly open: () => number;
}

const poses = new WeakMap<Frame, TexturedFrame>();

/** Smooth noise of the scene, 8-bit limited range. */
function texture(x: number, y: number, scene: number): number {
  let value = 0;
  for (let k = 1; k <= 4; k++) {
    const [fx, fy] = [0.03 * k ** 1.6, 0.036 * k ** 1.5];
    value +=
      (Math.sin(fx * x + k * k + 7 * scene) * Math.cos(fy * y - k + 3 * scene) + Math.sin(fy * (x + y) + scene * k)) /
      k;
  }
  return Math.min(Math.max(128 + 35 * value, 40), 220);
}

/** A clip rendered frame by frame from its poses: 8-bit gray, limited range. */
export function texturedClip(size: Size, frames: readonly TexturedFrame[], frameRate = 25): TexturedClip {
  let open = 0;
  const render = (shot: TexturedFrame, index: number): HostFrame => {
    const { width, height } = size;
    const data = new Uint8Array(width * height);
    const back = invertHomography(shot.pose);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [u, v] = applyHomography(back, x, y);
        data[y * width + x] = shot.paint?.(x, y) ?? texture(u, v, shot.scene ?? 0);
      }
    }
    open++;
    let closed = false;
    const frame: HostFrame = {
      memory: 'host',
      ...size,
      format: GRAY,
      planes: [{ data, width, height, stride: width, channels: 1, bytesPerSample: 1 }],
      time: shot.time,
      index,
      fullRange: false,
      clone: () => {
        throw new Error('The measures need no second handle.');
      },
      close: () => {
        if (!closed) open--;
        closed = true;
      },
    };
    poses.set(frame, shot);
    return frame;
  };
  return {
    info: { ...size, format: GRAY, frameRate, frameCount: frames.length, duration: undefined },
    warnings: [],
    async *frames() {
      for (let i = 0; i < frames.length; i++) yield render(frames[i], i);
    },
    close: async () => undefined,
    open: () => open,
  };
}

/** An oracle that knows the pose of every frame of a textured clip, and says so exactly. */
export const poseOracle: Estimator = {
  name: 'oracle',
  memory: ['host'],
  async estimate(previous, current) {
    const [a, b] = [poses.get(previous), poses.get(current)];
    const verdict = a && b && a.scene === b.scene ? 'ok' : 'weak';
    if (a && b && verdict === 'ok') {
      return motionField({ size: current, homographies: multiplyHomographies(b.pose, invertHomography(a.pose)) });
    }
    const identity = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    const confidence = 0;
    return motionField({
      size: current,
      homographies: identity,
      confidence,
      verdict: a && b ? 'cut' : 'weak',
      model: 'identity',
    });
  },
};
