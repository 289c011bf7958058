import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockLeaps } from './clockLeaps.js';

const PICTURES = 0;
const SOUND = 1;
const PICTURE = 1 / 25;
const SOUND_PACKET = 1152 / 48_000;

interface Sent {
  readonly stream: number;
  readonly time: number;
  readonly duration: number;
}

/** Packets of pictures and sound from 0 s on, in the order of their times, with `clock` added. */
function piece(seconds: number, clock: number, soundClock = clock): Sent[] {
  const packets: (Sent & { due: number })[] = [];
  for (let i = 0; i * PICTURE < seconds - 1e-9; i++) {
    packets.push({ stream: PICTURES, due: i * PICTURE, time: i * PICTURE + clock, duration: PICTURE });
  }
  for (let i = 0; i * SOUND_PACKET < seconds - 1e-9; i++) {
    packets.push({ stream: SOUND, due: i * SOUND_PACKET, time: i * SOUND_PACKET + soundClock, duration: SOUND_PACKET });
  }
  return packets.sort((a, b) => a.due - b.due);
}

/** Corrected times of each stream. */
function corrected(packets: readonly Sent[], start = 0, discontinuous = true): [number[], number[]] {
  const leaps = new ClockLeaps(start, discontinuous);
  const times: [number[], number[]] = [[], []];
  for (const { stream, time, duration } of packets) {
    times[stream].push(time + leaps.next(stream, { dts: time, pts: time, duration }).shift);
  }
  return times;
}

/** Every packet follows the one before, give or take what the streams differ in length. */
function expectContinuous(times: readonly number[], step: number): void {
  expect(times[0]).toBeCloseTo(0, 6);
  for (let i = 1; i < times.length; i++) {
    expect(times[i] - times[i - 1]).toBeGreaterThan(step - 1e-6);
    expect(times[i] - times[i - 1]).toBeLessThan(step + 0.05);
  }
}

describe('ClockLeaps', () => {
  it('leaves one clock alone, but for its start', () => {
    const [pictures, sound] = corrected(piece(3, 3600), 3600);
    for (const [i, time] of pictures.entries()) expect(time).toBeCloseTo(i * PICTURE, 6);
    for (const [i, time] of sound.entries()) expect(time).toBeCloseTo(i * SOUND_PACKET, 6);
  });

  it.each([
    ['starts again', [0, 0]],
    ['leaps forward by an hour', [0, 3601.5]],
    ['leaps forward and back', [0, 3601.5, 3]],
    ['starts again several times', [7, 7, 7, 7]],
    ['wraps around', [95442.3, 95443.8 - 2 ** 33 / 90000]],
  ])('carries on where the clock %s', (_, clocks) => {
    const packets = clocks.flatMap((clock) => piece(1.5, clock));
    const [pictures, sound] = corrected(packets, clocks[0]);
    expectContinuous(pictures, PICTURE);
    expectContinuous(sound, SOUND_PACKET);
    expect(Math.abs(pictures[pictures.length - 1] - sound[sound.length - 1])).toBeLessThan(0.1);
  });

  it('keeps in step what leaps at different places in the file', () => {
    const second = piece(1.5, 3600);
    const pictures = second.filter(({ stream }) => stream === PICTURES);
    const sound = second.filter(({ stream }) => stream === SOUND);
    const first = piece(1.5, 0);
    const tail = first.filter(({ stream }) => stream === SOUND).slice(-8);
    const early = first.filter((packet) => !tail.includes(packet));
    const packets = [...early, ...pictures.slice(0, 5), ...tail, ...sound, ...pictures.slice(5)];
    const [shown, heard] = corrected(packets);
    expectContinuous(shown, PICTURE);
    expectContinuous(heard, SOUND_PACKET);
    // Both began their second piece at the same moment of the same clock.
    const half = Math.ceil(1.5 / SOUND_PACKET);
    expect(Math.abs(shown[38 + 5] - (heard[half] + 5 * PICTURE))).toBeLessThan(1e-6);
  });

  it('corrects the one stream that leaps', () => {
    const packets = [...piece(1.5, 0), ...piece(1.5, 1.5, 3601.5), ...piece(1.5, 3)];
    const [pictures, sound] = corrected(packets);
    for (const [i, time] of pictures.entries()) expect(Math.abs(time - i * PICTURE)).toBeLessThan(0.05);
    expectContinuous(sound, SOUND_PACKET);
  });

  it('keeps a hole that another stream fills', () => {
    const sound = piece(60, 0).filter(({ stream }) => stream === SOUND);
    const hole = piece(60, 0).filter(({ stream, time }) => stream === PICTURES && (time < 1 || time > 50));
    const [pictures] = corrected([...sound, ...hole].sort((a, b) => a.time - b.time));
    for (const time of pictures) expect(time < 1 || time > 50).toBe(true);
  });

  it('keeps a hole of some minutes where clocks do not leap', () => {
    const [pictures] = corrected([...piece(1, 0), ...piece(1, 200)], 0, false);
    expect(pictures[pictures.length - 1]).toBeGreaterThan(200);
  });

  it('is not led astray by one damaged stamp', () => {
    for (const wrong of [-900, -3, 3, 8, 5000]) {
      const packets = piece(3, 0).map((packet, i) => (i === 60 ? { ...packet, time: packet.time + wrong } : packet));
      const [pictures, sound] = corrected(packets);
      expect(pictures[pictures.length - 1]).toBeCloseTo(74 * PICTURE, 6);
      expect(sound[sound.length - 1]).toBeCloseTo(124 * SOUND_PACKET, 6);
    }
  });

  it('never loses its way: whatever comes, what follows is in step', () => {
    const noise = fc.array(fc.record({ stream: fc.nat(1), time: fc.double({ min: -1e5, max: 1e5, noNaN: true }) }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(noise, (wild) => {
        const packets = wild.map((packet) => ({ ...packet, duration: PICTURE }));
        const [pictures, sound] = corrected([...packets, ...piece(2, 500), ...piece(2, 77)]);
        expect(Math.abs(pictures[pictures.length - 1] - sound[sound.length - 1])).toBeLessThan(30);
        for (const time of [...pictures.slice(-49), ...sound.slice(-80)]) expect(Number.isFinite(time)).toBe(true);
      }),
    );
  });
});
