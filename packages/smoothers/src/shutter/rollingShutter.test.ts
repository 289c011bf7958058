import { type ClipMotion, type MotionField, motionField, type Verdict } from '@gimbal/core';
import { applyHomography, fitHomography, homographyToParameters } from '@gimbal/core/geometry';
import { describe, expect, it } from 'vitest';
import { rollingShutter } from './rollingShutter.js';

const size = { width: 640, height: 360 };
const RATE = 30;

interface Scene {
  readonly readout: number;
  readonly axis?: 'rows' | 'columns';
  readonly frames?: number;
  /** Cycles a frame of the shake: a walking person 0.08, a hand 0.2. */
  readonly fastest?: number;
  readonly noise?: number;
}

/** Numbers from 0 to 1 that look random. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Position and turn of the camera at a moment, in frames. */
function camera(fastest: number): (moment: number) => [number, number, number] {
  const random = numbers(7);
  const waves = Array.from({ length: 18 }, (_, i) => ({
    part: i % 3,
    size: (i < 9 ? 8 : 3) * (i % 3 === 2 ? 0.002 : 1) * (0.5 + random()),
    rate: i < 9 ? 0.01 + 0.03 * random() : fastest * (0.5 + 0.5 * random()),
    phase: 2 * Math.PI * random(),
  }));
  return (moment) => {
    const pose: [number, number, number] = [0, 0, 0];
    for (const { part, size: reach, rate, phase } of waves) {
      pose[part] += reach * Math.sin(2 * Math.PI * rate * moment + phase);
    }
    return pose;
  };
}

/** Homographies fitted to points of a plane that a rolling shutter saw, and those of the middle rows. */
function scene({ readout, axis = 'rows', frames = 160, fastest = 0.12, noise = 0.15 }: Scene): {
  readonly motion: ClipMotion;
  readonly middle: readonly Float64Array[];
} {
  const pose = camera(fastest);
  const random = numbers(3);
  const gauss = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
  const seen = (frame: number, x: number, y: number, share: number): [number, number] => {
    let point: [number, number] = [x, y];
    let s = 0;
    for (let k = 0; k < 6; k++) {
      const [px, py, turn] = pose(frame + share * s);
      const [dx, dy] = [x - 319.5, y - 179.5];
      point = [
        319.5 + Math.cos(turn) * dx - Math.sin(turn) * dy + px,
        179.5 + Math.sin(turn) * dx + Math.cos(turn) * dy + py,
      ];
      s = axis === 'rows' ? (point[1] - 179.5) / 360 : (point[0] - 319.5) / 640;
    }
    return point;
  };
  const fit = (frame: number, share: number, off: number) => {
    const [from, to]: [number[], number[]] = [[], []];
    for (let x = 20; x < 640; x += 40) {
      for (let y = 20; y < 360; y += 36) {
        from.push(...seen(frame, x, y, share).map((value) => value + off * gauss()));
        to.push(...seen(frame + 1, x, y, share).map((value) => value + off * gauss()));
      }
    }
    return fitHomography(from, to);
  };
  const steps = Array.from({ length: frames - 1 }, (_, t) =>
    motionField({ size, homographies: fit(t, readout, noise) }),
  );
  const middle = Array.from({ length: frames - 1 }, (_, t) => fit(t, 0, 0));
  const times = Float64Array.from({ length: frames }, (_, t) => t / RATE);
  return { motion: { size, times, steps, estimator: 'test' }, middle };
}

const withVerdict = (step: MotionField, verdict: Verdict): MotionField => ({ ...step, verdict });

describe('rollingShutter', () => {
  it.each([0.3, -0.3, 0.6, -0.6, 0.95, -0.95])(
    'finds a readout of %f from a walk and from a shake, in the presence of noise',
    (readout) => {
      for (const fastest of [0.08, 0.2]) {
        for (const noise of [0.05, 0.3]) {
          const { motion } = scene({ readout, fastest, noise });
          const { rollingShutter: found } = rollingShutter().rectify(motion);
          expect(Math.abs(found.readout - readout)).toBeLessThan(0.03);
          expect(found.axis).toBe('rows');
          // What a walk and a short readout do to the rows is not seen.
          if (fastest > 0.1 && Math.abs(readout) > 0.5) expect(found.corrected).toBe(motion.times.length);
          expect(found.uncertainty).toBeLessThan(0.05);
        }
      }
    },
  );

  it('finds columns that are read one after the other', () => {
    const { motion } = scene({ readout: 0.7, axis: 'columns' });
    const { rollingShutter: found } = rollingShutter().rectify(motion);
    expect(found.axis).toBe('columns');
    expect(Math.abs(found.readout - 0.7)).toBeLessThan(0.05);
  });

  it('leaves a clip without readout as it is', () => {
    for (const noise of [0, 0.3]) {
      const { motion } = scene({ readout: 0, noise });
      const { steps, readouts, rollingShutter: found } = rollingShutter().rectify(motion);
      expect(Math.abs(found.readout)).toBeLessThan(0.03);
      expect(found).toMatchObject({ corrected: 0, reason: expect.any(String) });
      expect(steps.every((step, i) => step === motion.steps[i])).toBe(true);
      expect(readouts.every((one) => one === undefined)).toBe(true);
    }
  });

  it('says nothing of a few steps, of a camera that stands, and of motion without any evidence', () => {
    const few = scene({ readout: 0.8, frames: 20 }).motion;
    const still = scene({ readout: 0.8, noise: 0.05 }).motion;
    const standing = {
      ...still,
      steps: still.steps.map((step) => ({
        ...step,
        homographies: scene({ readout: 0, noise: 0, frames: 2, fastest: 0 }).motion.steps[0].homographies,
      })),
    };
    const blind = { ...still, steps: still.steps.map((step) => ({ ...step, confidence: 0 })) };
    for (const motion of [few, standing, blind, { ...few, times: few.times.slice(0, 1), steps: [] }]) {
      const { steps, rollingShutter: found } = rollingShutter().rectify(motion);
      expect(found.corrected).toBe(0);
      expect(found.reason).toBeTruthy();
      expect(steps).toEqual(motion.steps);
    }
  });

  it('gives the motion of the middle rows', () => {
    const { motion, middle } = scene({ readout: 0.8, noise: 0.05, fastest: 0.2 });
    const { steps } = rollingShutter().rectify(motion);
    const off = (from: readonly { homographies: Float64Array }[]) => {
      const all = from.slice(4, -4).map(({ homographies }, i) => {
        const points = [0, 1, 2, 3].map((k) => [k & 1 ? 600 : 40, k & 2 ? 330 : 30] as const);
        return Math.max(
          ...points.map(([x, y]) => {
            const [a, b] = [applyHomography(homographies, x, y), applyHomography(middle[i + 4], x, y)];
            return Math.hypot(a[0] - b[0], a[1] - b[1]);
          }),
        );
      });
      return all.sort((a, b) => a - b)[all.length >> 1];
    };
    expect(off(steps)).toBeLessThan(0.2 * off(motion.steps));
  });

  it('goes by the readout that it is told, and refuses one that no sensor has', () => {
    const { motion } = scene({ readout: 0.5 });
    const { rollingShutter: found } = rollingShutter({ readout: 0.4 }).rectify(motion);
    expect(found).toEqual({ readout: 0.4, uncertainty: 0, axis: 'rows', corrected: motion.times.length });
    const none = rollingShutter({ readout: 0 }).rectify(motion);
    expect(none.rollingShutter.corrected).toBe(0);
    for (const readout of [1.2, -3, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => rollingShutter({ readout })).toThrow(/between -1.1 and 1.1/);
    }
  });

  it('keeps repeated pictures and cuts as they are, each shot with a path of its own', () => {
    const { motion } = scene({ readout: 0.8 });
    const steps = motion.steps.map((step, i) =>
      i === 40 || i === 41 ? withVerdict(step, 'duplicate') : i === 90 ? withVerdict(step, 'cut') : step,
    );
    const rectified = rollingShutter().rectify({ ...motion, steps });
    expect(rectified.rollingShutter.corrected).toBe(motion.times.length);
    for (const i of [40, 41, 90]) expect(rectified.steps[i]).toBe(steps[i]);
    const [before, repeated] = [rectified.readouts[40], rectified.readouts[41]];
    expect(Array.from(repeated ?? [])).toEqual(Array.from(before ?? [1]));
  });

  it('follows a motion that comes piece by piece', () => {
    const { motion } = scene({ readout: 0.7, frames: 200 });
    const follower = rollingShutter().follow();
    let found = follower.rollingShutter;
    expect(found.corrected).toBe(0);
    for (let first = 0; first + 60 <= 200; first += 20) {
      const known = {
        size,
        times: motion.times.slice(first, first + 60),
        steps: motion.steps.slice(first, first + 59),
      };
      follower.learn(known, first);
      const { steps, readouts } = follower.rectify(known);
      expect([steps.length, readouts.length]).toEqual([59, 60]);
      found = follower.rollingShutter;
      const [own] = steps[30] === known.steps[30] ? [] : [homographyToParameters(steps[30].homographies, size)];
      expect(own).toHaveLength(8);
    }
    expect(Math.abs(found.readout - 0.7)).toBeLessThan(0.05);
  });
});
