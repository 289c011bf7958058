import fc from 'fast-check';
import { composeHomographies, normalizeHomography, scalingHomography, translationHomography } from '../src/geometry.js';
import type { Homography, Size } from '../src/index.js';

/** A finite number in [low, high]. */
export function within(low: number, high: number): fc.Arbitrary<number> {
  return fc.double({ min: low, max: high, noNaN: true });
}

export const sizes: fc.Arbitrary<Size> = fc.record({
  width: fc.integer({ min: 16, max: 4096 }),
  height: fc.integer({ min: 16, max: 4096 }),
});

export interface Motion {
  readonly degrees: number;
  readonly zoom: number;
  readonly stretch: number;
  readonly perspectiveX: number;
  readonly perspectiveY: number;
  readonly moveX: number;
  readonly moveY: number;
}

/** Bounds of {@link motions}; perspective is how much nearer the farthest corner may get, moves are shares of the frame. */
export interface MotionBounds {
  readonly degrees: number;
  readonly zoom: number;
  readonly stretch: number;
  readonly perspective: number;
  readonly move: number;
}

/** Motions a camera can make between two frames, drawn within bounds. */
export function motions(bounds: MotionBounds): fc.Arbitrary<Motion> {
  const both = (limit: number): fc.Arbitrary<number> => within(-limit, limit);
  return fc.record({
    degrees: both(bounds.degrees),
    zoom: within(1 / bounds.zoom, bounds.zoom),
    stretch: within(1 / bounds.stretch, bounds.stretch),
    perspectiveX: both(bounds.perspective),
    perspectiveY: both(bounds.perspective),
    moveX: both(bounds.move),
    moveY: both(bounds.move),
  });
}

export const everyday: MotionBounds = { degrees: 20, zoom: 1.3, stretch: 1.05, perspective: 0.05, move: 0.2 };

/** The homography of a motion about the centre of a frame. */
export function homographyOf(motion: Motion, size: Size): Homography {
  const cx = (size.width - 1) / 2;
  const cy = (size.height - 1) / 2;
  const radius = Math.hypot(cx, cy);
  const angle = (motion.degrees * Math.PI) / 180;
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return normalizeHomography(
    composeHomographies(
      translationHomography(cx + motion.moveX * size.width, cy + motion.moveY * size.height),
      Float64Array.of(1, 0, 0, 0, 1, 0, motion.perspectiveX / radius, motion.perspectiveY / radius, 1),
      Float64Array.of(c, -s, 0, s, c, 0, 0, 0, 1),
      scalingHomography(motion.zoom * motion.stretch, motion.zoom / motion.stretch),
      translationHomography(-cx, -cy),
    ),
  );
}

/** A frame size and the homography of an everyday motion in it. */
export const everydayHomographies: fc.Arbitrary<{ size: Size; h: Homography }> = fc
  .record({ size: sizes, motion: motions(everyday) })
  .map(({ size, motion }) => ({ size, h: homographyOf(motion, size) }));
