import { execFileSync } from 'node:child_process';
import type { HostFrame } from '@gimbal/core';
import { formatNamed, frameOf } from '../src/testFrames.js';

/** Luma of a scene at a point, 0..255. */
export type Scene = (x: number, y: number) => number;

const WIDTH = 1536;
const HEIGHT = 1024;

/** A photo as a scene of about 700×450 pixels around the frame, finer than the frame's samples. Needs the ffmpeg program. */
export function photoScene(file: string): Scene {
  const scaled = `scale=${WIDTH}:${HEIGHT}:flags=bicubic`;
  const luma = execFileSync(
    'ffmpeg',
    ['-v', 'error', '-i', file, '-vf', scaled, '-f', 'rawvideo', '-pix_fmt', 'gray', '-'],
    { maxBuffer: 1 << 24 },
  );
  return (x, y) => {
    const u = Math.min(Math.max(2 * x + 128, 0), WIDTH - 1.001);
    const v = Math.min(Math.max(2 * y + 152, 0), HEIGHT - 1.001);
    const at = Math.floor(v) * WIDTH + Math.floor(u);
    const [fu, fv] = [u - Math.floor(u), v - Math.floor(v)];
    const top = luma[at] * (1 - fu) + luma[at + 1] * fu;
    return top * (1 - fv) + (luma[at + WIDTH] * (1 - fu) + luma[at + WIDTH + 1] * fu) * fv;
  };
}

/** What a camera saw. */
export interface Shot {
  /** Row-major, from the frame to the scene. */
  readonly toScene: Float64Array;
  readonly noiseSeed: number;
  /** Standard deviation of the noise in grey levels. */
  readonly noise?: number;
  readonly gain?: number;
  readonly offset?: number;
  /** Pixels that the picture is smeared over, along this angle. */
  readonly blur?: number;
  readonly blurAngle?: number;
  /** Another scene in the middle, over 30 % of the area, moved by (x, y). */
  readonly mover?: { readonly scene: Scene; readonly x: number; readonly y: number };
}

const SHARE = Math.sqrt(0.3) / 2;

/** A 640×360 frame; four samples a pixel. */
export function shoot(scene: Scene, shot: Shot): HostFrame {
  const { toScene: h, noise = 0, gain = 1, offset = 0, blur = 0, blurAngle = 0, mover } = shot;
  const steps = blur > 0 ? 7 : 1;
  const seen = (px: number, py: number): number => {
    if (mover) {
      const [ox, oy] = [px - mover.x, py - mover.y];
      if (Math.abs(ox / 640 - 0.5) < SHARE && Math.abs(oy / 360 - 0.5) < SHARE) return mover.scene(ox, oy);
    }
    const w = h[6] * px + h[7] * py + h[8];
    return scene((h[0] * px + h[1] * py + h[2]) / w, (h[3] * px + h[4] * py + h[5]) / w);
  };
  let state = shot.noiseSeed >>> 0;
  const draw = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 31 - 1;
  };
  return frameOf(formatNamed('gray'), { width: 640, height: 360 }, (_, x, y) => {
    let sum = 0;
    for (let s = 0; s < 4 * steps; s++) {
      const along = steps === 1 ? 0 : blur * ((s >> 2) / (steps - 1) - 0.5);
      const px = x + (s & 1 ? 0.25 : -0.25) + along * Math.cos(blurAngle);
      sum += seen(px, y + (s & 2 ? 0.25 : -0.25) + along * Math.sin(blurAngle));
    }
    const grain = noise * Math.sqrt(0.75) * (draw() + draw() + draw() + draw());
    return Math.min(255, Math.max(0, Math.round((sum / (4 * steps)) * gain + offset + grain)));
  });
}
