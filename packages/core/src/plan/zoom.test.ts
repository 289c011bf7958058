import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { homographyOf, motions, sizes } from '../../test/arbitraries.js';
import { applyHomography, identityHomography, translationHomography } from '../geometry/homography.js';
import { dynamicWindows, staticWindow, windowedCorrection } from './zoom.js';

const size = { width: 101, height: 61 };

describe('staticWindow', () => {
  it('says what to do when there is none', () => {
    const apart = [translationHomography(90, 0), translationHomography(-90, 0)];
    expect(() => staticWindow(apart, size)).toThrow(
      expect.objectContaining({
        code: 'GIMBAL_E_INVALID_ARGUMENT',
        message: expect.stringContaining('smaller crop budget or strength'),
      }),
    );
  });
});

describe('dynamicWindows', () => {
  it('keeps every frame inside', async () => {
    const drawn = fc.array(motions({ degrees: 3, zoom: 1.05, stretch: 1.01, perspective: 0.02, move: 0.05 }), {
      minLength: 1,
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(sizes, drawn, async (frame, list) => {
        const corrections = list.map((motion) => homographyOf(motion, frame));
        const times = Float64Array.from(corrections, (_, t) => t / 30);
        const windows = dynamicWindows(corrections, times, frame);
        for (const [t, window] of windows.entries()) {
          const h = windowedCorrection(corrections[t], window, frame, frame);
          for (const [x, y] of [
            [0, 0],
            [frame.width - 1, frame.height - 1],
          ]) {
            const [px, py] = applyHomography(h, x, y);
            expect(Math.min(px, py, frame.width - 1 - px, frame.height - 1 - py)).toBeGreaterThan(-1e-6);
          }
        }
      }),
    );
  });

  it('breathes slowly', async () => {
    const times = Float64Array.from({ length: 300 }, (_, t) => t / 30);
    const corrections = Array.from(times, (_, t) => translationHomography(t === 150 ? 20 : 0, 0));
    const scales = dynamicWindows(corrections, times, size).map(({ scale }) => scale);
    expect(scales[0]).toBeCloseTo(1, 6);
    expect(scales[150]).toBeCloseTo(0.6, 5);
    for (let t = 1; t < 300; t++) expect(Math.abs(scales[t] - scales[t - 1])).toBeLessThan(0.01);
  });
});

describe('windowedCorrection', () => {
  it('spreads the window over an output of the size of the frame', () => {
    const h = windowedCorrection(translationHomography(1, 2), { scale: 0.5, centreX: 40, centreY: 30 }, size, size);
    expect(applyHomography(h, 0, 0)).toEqual([16, 17]);
    expect(applyHomography(h, 100, 60)).toEqual([66, 47]);
  });

  it('lays a smaller output on the window pixel by pixel', () => {
    const output = { width: 51, height: 31 };
    const h = windowedCorrection(identityHomography(), { scale: 0.5, centreX: 40, centreY: 30 }, size, output);
    expect(applyHomography(h, 0, 0)).toEqual([15, 15]);
    expect(applyHomography(h, 50, 30)).toEqual([65, 45]);
  });
});
