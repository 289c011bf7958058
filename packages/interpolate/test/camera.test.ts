import { YUV420P } from '@gimbal/core';
import { identityHomography, translationHomography } from '@gimbal/core/geometry';
import { allocateHostFrame } from '@gimbal/native';
import { describe, expect, it } from 'vitest';
import { createCameraInterpolator } from '../src/cameraInterpolator.js';
import { drawnFrame } from './frames.js';

const size = { width: 96, height: 64 };
const scene = (p: number, x: number, y: number) =>
  p === 0 ? 120 + 45 * Math.sin(x * 0.3) + 40 * Math.cos(y * 0.25 + x * 0.1) : 128 + 30 * Math.sin(x * 0.2 + y * 0.1);

describe('the interpolator camera', () => {
  it('shows what the camera saw on its way, in every plane', async () => {
    const interpolator = createCameraInterpolator();
    const moved = (share: number) =>
      drawnFrame(size, (p, x, y) => scene(p, x - (p === 0 ? 8 : 4) * share, y - (p === 0 ? 4 : 2) * share));
    const pair = await interpolator.prepare({ first: moved(0), second: moved(1), camera: translationHomography(8, 4) });
    for (const t of [0.25, 0.5, 0.75]) {
      const target = allocateHostFrame(YUV420P, size, { time: 0, index: 0 });
      const { confidence } = await pair.make(t, target);
      expect(confidence).toBeGreaterThan(0.95);
      const wanted = moved(t);
      for (const [p, plane] of target.planes.entries()) {
        let worst = 0;
        for (let y = 8; y < plane.height - 8; y++) {
          for (let x = 8; x < plane.width - 8; x++) {
            const at = y * plane.stride + x;
            worst = Math.max(worst, Math.abs(plane.data[at] - wanted.planes[p].data[at]));
          }
        }
        expect(worst).toBeLessThanOrEqual(3);
      }
    }
  });

  it('has no confidence where both frames show different things', async () => {
    const interpolator = createCameraInterpolator();
    const first = drawnFrame(size, (p, x, y) => scene(p, x, y));
    const second = drawnFrame(size, (p, x, y) => 255 - scene(p, y, x));
    const pair = await interpolator.prepare({ first, second, camera: identityHomography() });
    const { confidence } = await pair.make(0.5, allocateHostFrame(YUV420P, size, { time: 0, index: 0 }));
    expect(confidence).toBeLessThan(0.3);
  });
});
