import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { homographyOf, motions, sizes } from '../../test/arbitraries.js';
import { applyHomography, identityHomography, translationHomography } from '../geometry/homography.js';
import { staticCrop, type Window } from './staticCrop.js';

const size = { width: 101, height: 61 };

/** How far the window's corners leave the frame under a correction, in pixels; 0 when they do not. */
function excess(h: Float64Array, window: Window, frame: { width: number; height: number }): number {
  let worst = 0;
  for (const [sx, sy] of [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ]) {
    const x = window.centreX + (sx * window.scale * (frame.width - 1)) / 2;
    const y = window.centreY + (sy * window.scale * (frame.height - 1)) / 2;
    const [px, py] = applyHomography(h, x, y);
    worst = Math.max(worst, -px, -py, px - frame.width + 1, py - frame.height + 1);
  }
  return worst;
}

describe('staticCrop', () => {
  it('is the whole frame when nothing is corrected', async () => {
    const window = staticCrop([identityHomography(), identityHomography()], size);
    expect(window?.scale).toBe(1);
    expect(window?.centreX).toBeCloseTo(50, 2);
    expect(window?.centreY).toBeCloseTo(30, 2);
  });

  it('moves with the picture where one correction shifts it', async () => {
    const window = staticCrop([translationHomography(10, -5)], size);
    expect(window?.scale).toBe(1);
    expect(window?.centreX).toBeCloseTo(40, 2);
    expect(window?.centreY).toBeCloseTo(35, 2);
  });

  it('is what two opposite shifts leave', async () => {
    const window = staticCrop([translationHomography(10, 0), translationHomography(-10, 0)], size);
    expect(window?.scale).toBeCloseTo(0.8, 3);
    expect(window?.centreX).toBeCloseTo(50, 2);
  });

  it('never shows anything but picture, and cannot grow where it stands', async () => {
    const corrections = fc.array(motions({ degrees: 4, zoom: 1.05, stretch: 1.01, perspective: 0.02, move: 0.06 }), {
      minLength: 1,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(sizes, corrections, async (frame, drawn) => {
        const maps = drawn.map((motion) => homographyOf(motion, frame));
        const window = staticCrop(maps, frame);
        // Frames much longer than high turn out of themselves.
        fc.pre(window !== undefined);
        for (const h of maps) expect(excess(h, window!, frame)).toBeLessThan(0.01);
        const larger = { ...window!, scale: window!.scale * 1.01 + 2 / Math.min(frame.width, frame.height) };
        if (window!.scale < 1) expect(Math.max(...maps.map((h) => excess(h, larger, frame)))).toBeGreaterThan(0);
      }),
    );
  });

  it('does not exist when frames share nothing', async () => {
    expect(staticCrop([translationHomography(300, 0), translationHomography(-300, 0)], size)).toBeUndefined();
    expect(staticCrop([translationHomography(60, 0), translationHomography(-60, 0)], size)).toBeUndefined();
  });
});
