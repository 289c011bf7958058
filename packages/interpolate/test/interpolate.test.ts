import { type GimbalError, type HostFrame, YUV420P } from '@gimbal/core';
import { describe, expect, it } from 'vitest';
import { type InterpolateOptions, interpolate } from '../src/interpolate.js';
import type { Interpolator } from '../src/interpolator.js';
import { drawnFrame, sourceOf, toldEstimator } from './frames.js';

const size = { width: 16, height: 16 };
const flat = (index: number, time: number) => drawnFrame(size, () => (index * 8) % 256, { index, time });

/** Mixes by time, and says how sure it is. */
function mixer(confidence = 1): Interpolator & { asked: number[] } {
  const asked: number[] = [];
  return {
    name: 'mixer',
    asked,
    async prepare({ first, second }) {
      return {
        async make(t, target) {
          asked.push(t);
          const [a, b] = [first.planes[0].data[0], second.planes[0].data[0]];
          for (const plane of target.planes) plane.data.fill(Math.round(a + t * (b - a)));
          return { confidence, held: 0 };
        },
        close: () => undefined,
      };
    },
  };
}

async function passOf(
  options: Partial<InterpolateOptions>,
  count: number,
  frameAt = (i: number) => flat(i, i / 25),
  rate = 25,
) {
  const made = interpolate(sourceOf(count, frameAt, { frameRate: rate }), {
    interpolator: mixer(),
    estimator: toldEstimator(),
    ...options,
  });
  const frames: { time: number; index: number; value: number }[] = [];
  for await (const frame of made.frames()) {
    frames.push({ time: frame.time, index: frame.index, value: (frame as HostFrame).planes[0].data[0] });
    frame.close();
  }
  return { made, frames };
}

describe('interpolate', () => {
  it('cuts every interval into equal parts, whatever its length', async () => {
    const times = [0, 0.04, 0.1, 0.12];
    const { made, frames } = await passOf({ factor: 4 }, 4, (i) => flat(i, times[i]));
    expect(frames.map(({ time }) => Number(time.toFixed(6)))).toEqual([
      0, 0.01, 0.02, 0.03, 0.04, 0.055, 0.07, 0.085, 0.1, 0.105, 0.11, 0.115, 0.12,
    ]);
    expect(frames.map(({ value }) => value)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24]);
    expect(frames.map(({ index }) => index)).toEqual(frames.map((_, i) => i));
    expect(made.statistics).toMatchObject({ read: 4, written: 13, kept: 4, made: 9, nearest: 0 });
    expect(made.info).toMatchObject({ frameRate: 100, frameCount: 13 });
  });

  it('is on the tick on the way from 24000/1001 to 60000/1001', async () => {
    const count = 600;
    const frame = drawnFrame(size, () => 50);
    const { width, height, format, fullRange, planes } = frame;
    const at = (index: number): HostFrame => ({
      memory: 'host',
      ...{ width, height, format, fullRange, planes, index },
      time: (index * 1001) / 24000,
      clone: () => at(index),
      close: () => undefined,
    });
    const made = interpolate(sourceOf(count, at, { frameRate: 24000 / 1001 }), {
      fps: '60000/1001',
      interpolator: mixer(),
      estimator: toldEstimator(),
    });
    let k = 0;
    let worst = 0;
    for await (const { time } of made.frames()) {
      const ticks = time * 60000;
      worst = Math.max(worst, Math.abs(ticks - 1001 * k));
      k++;
    }
    expect(worst).toBeLessThan(1e-3);
    // Up to the last frame, and not beyond its end.
    expect(k).toBe(count * 2.5);
    // Two of five lie on a frame of the source: k = 0 and 5 of every 5.
    expect(made.statistics.kept).toBeGreaterThanOrEqual(count / 2);
  });

  it('makes a constant rate of a varying one within half a tick', async () => {
    let time = 0;
    const times = Array.from({ length: 40 }, (_, i) => {
      const now = time;
      time += i % 3 === 0 ? 0.051 : 0.033;
      return now;
    });
    const { frames } = await passOf({ fps: 30 }, 40, (i) => flat(i, times[i]));
    for (const [k, { time: at }] of frames.entries()) expect(Math.abs(at - k / 30)).toBeLessThan(1e-9);
    expect(frames[frames.length - 1].time).toBeGreaterThan(times[39] - 1 / 30);
  });

  it('takes longer when slow, with the moments of the source', async () => {
    const { made, frames } = await passOf({ slow: 4 }, 3);
    expect(frames.map(({ time }) => Number(time.toFixed(6)))).toEqual([
      0, 0.04, 0.08, 0.12, 0.16, 0.2, 0.24, 0.28, 0.32,
    ]);
    expect(frames.map(({ value }) => value)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16]);
    expect(made.info.frameRate).toBeCloseTo(25);
    const half = await passOf({ slow: 2.5, fps: 25 }, 3);
    expect(half.frames.slice(0, 6).map(({ time }) => Number(time.toFixed(6)))).toEqual([
      0, 0.04, 0.08, 0.12, 0.16, 0.2,
    ]);
  });

  it('never mixes two shots: 200 cuts', async () => {
    const { made, frames } = await passOf(
      { fps: 60, estimator: toldEstimator((_, current) => (current % 2 === 0 ? 'cut' : 'ok')) },
      401,
      (i) => drawnFrame(size, () => (Math.floor(i / 2) % 2 === 0 ? 20 : 220), { index: i, time: i / 24 }),
      24,
    );
    expect(new Set(frames.map(({ value }) => value))).toEqual(new Set([20, 220]));
    expect(made.statistics.cuts).toBe(200);
    expect(made.statistics.atCuts).toBeGreaterThan(200);
    expect(made.statistics.nearest).toBe(made.statistics.atCuts + made.statistics.atEnd);
    expect(made.statistics.atEnd).toBeLessThanOrEqual(2);
  });

  it('repairs repeated frames: they give way to what was between', async () => {
    // Frame 3 repeats frame 2, as a recorder does that missed one.
    const shown = [0, 1, 2, 2, 4, 5];
    const { made, frames } = await passOf(
      {
        repair: true,
        estimator: toldEstimator((previous, current) => (shown[previous] === shown[current] ? 'duplicate' : 'ok')),
      },
      6,
      (i) => drawnFrame(size, () => shown[i] * 8, { index: i, time: i / 25 }),
    );
    expect(frames.map(({ value }) => value)).toEqual([0, 8, 16, 24, 32, 40]);
    expect(made.statistics).toMatchObject({ read: 6, repeats: 1, kept: 5, made: 1 });
  });

  it('repairs a clip that ends with repeats, to its length', async () => {
    const { frames } = await passOf(
      { repair: true, estimator: toldEstimator((_, current) => (current >= 3 ? 'duplicate' : 'ok')) },
      6,
      (i) => drawnFrame(size, () => Math.min(i, 2) * 8, { index: i, time: i / 25 }),
    );
    expect(frames.map(({ value }) => value)).toEqual([0, 8, 16, 16, 16, 16]);
  });

  it('falls back to the camera, then to the nearest frame, and counts both', async () => {
    const sure = await passOf({ factor: 2, interpolator: mixer(0.1), confidence: 0.5 }, 3, (i) => flat(1, i / 25));
    expect(sure.made.statistics).toMatchObject({ made: 0, camera: 2, nearest: 0, written: 5 });
    const lost = await passOf({ factor: 4, interpolator: mixer(0.1) }, 2, (i) =>
      drawnFrame(size, (_, x, y) => ((x + y + i) % 2) * 255, { index: i, time: i / 25 }),
    );
    expect(lost.made.statistics).toMatchObject({ made: 0, camera: 0, nearest: 3, written: 5 });
    expect(lost.frames.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
  });

  it('hands a single frame on, and nothing of nothing', async () => {
    const { frames, made } = await passOf({ factor: 2 }, 1);
    expect(frames).toHaveLength(1);
    expect(made.statistics).toMatchObject({ read: 1, kept: 1, written: 1 });
    expect((await passOf({ slow: 3 }, 2)).frames).toHaveLength(4);
  });

  it('says what is wrong', async () => {
    for (const [options, message] of [
      [{}, /Say what is to be made/],
      [{ fps: 60, factor: 2 }, /contradict/],
      [{ factor: 1.5 }, /factor must be a whole number/],
      [{ slow: 0 }, /slow must be/],
      [{ fps: 'many' }, /Expected a frame rate/],
      [{ factor: 2, repair: true }, /give it fps/],
      [{ factor: 2, confidence: 2 }, /confidence/],
    ] as const) {
      await expect(passOf(options, 2)).rejects.toThrow(
        expect.objectContaining({ code: 'GIMBAL_E_INVALID_ARGUMENT', message: expect.stringMatching(message) }),
      );
    }
    const grows = (i: number) =>
      drawnFrame(i < 2 ? size : { width: 32, height: 16 }, () => 1, { index: i, time: i / 25 });
    await expect(passOf({ factor: 2 }, 3, grows)).rejects.toThrow(/expected 16×16 yuv420p, received 32×16/);
    const alpha = { ...YUV420P, name: 'yuva420p', alpha: true };
    await expect(
      passOf({ factor: 2 }, 2, (i) => drawnFrame(size, () => 1, { time: i, format: alpha })),
    ).rejects.toThrow(/alpha/);
    await expect(passOf({ factor: 2 }, 2, () => flat(0, 1))).rejects.toThrow(/must rise/);
  });

  it('stops when asked to, and closes every frame', async () => {
    const stop = new AbortController();
    let open = 0;
    const counted = (i: number): HostFrame => {
      const frame = flat(i, i / 25);
      const wrap = (inner: HostFrame): HostFrame => {
        open++;
        let closed = false;
        return new Proxy(inner, {
          get(target, key) {
            if (key === 'clone') return () => wrap(target.clone() as HostFrame);
            if (key === 'close') {
              return () => {
                if (!closed) open--;
                closed = true;
                target.close();
              };
            }
            return Reflect.get(target, key, target);
          },
        });
      };
      return wrap(frame);
    };
    const first = counted(0);
    first.close();
    const made = interpolate(
      {
        ...sourceOf(1, (i) => flat(i, 0)),
        async *frames() {
          for (let i = 0; i < 50; i++) yield counted(i);
        },
      },
      { factor: 2, interpolator: mixer(), estimator: toldEstimator(), signal: stop.signal },
    );
    let seen = 0;
    await expect(async () => {
      for await (const frame of made.frames()) {
        frame.close();
        if (++seen === 9) stop.abort();
      }
    }).rejects.toThrow(expect.objectContaining({ code: 'GIMBAL_E_CANCELLED' } satisfies Partial<GimbalError>));
    expect(open).toBe(0);
  });
});
