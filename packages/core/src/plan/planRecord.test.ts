import { describe, expect, it } from 'vitest';
import { exactNumbers } from '../motion/jsonNumbers.js';
import type { RenderPlan } from './planCorrections.js';
import { parsePlan, serializePlan } from './planRecord.js';

const size = { width: 64, height: 48 };
const awkward = [-0, 5e-324, 0.1 + 0.2, 1 / 3, Number.MAX_VALUE, -1e-7, 1e21, 0, 1];
const plan: RenderPlan = {
  size,
  times: Float64Array.of(0, 1 / 30, 0.1 + 0.2),
  output: { width: 60, height: 44 },
  border: 'mirror',
  budget: { size: { width: 85.33333333333333, height: 48 }, maxCrop: 0.1, maxDistortion: 0.02 },
  shots: [
    { start: 0, end: 2 },
    { start: 2, end: 3 },
  ],
  warps: [Float64Array.from(awkward), new Float64Array(9).fill(-0), new Float64Array(9).fill(2 / 3)],
  corrections: [new Float64Array(9).fill(1e-300), Float64Array.from(awkward), new Float64Array(9)],
  windows: [0, 1, 2].map((i) => ({ scale: 0.9 - i / 7, centreX: -0, centreY: 23.5 })),
};

describe('a plan as JSON', () => {
  it('comes back bit for bit', () => {
    // toEqual tells −0 from 0.
    expect(parsePlan(serializePlan(plan))).toEqual(plan);
    expect(JSON.parse(exactNumbers(awkward)).every((value: number, i: number) => Object.is(value, awkward[i]))).toBe(
      true,
    );
  });

  it('is not written where it does not hold together', () => {
    for (const [changed, message] of [
      [{ warps: plan.warps.slice(1) }, /3 times need as many/],
      [{ warps: [...plan.warps.slice(1), new Float64Array(9).fill(Number.NaN)] }, /frame 2 has a number/],
    ] as const) {
      expect(() => serializePlan({ ...plan, ...changed })).toThrow(message);
    }
  });

  const changed = (changes: object) => JSON.stringify({ ...JSON.parse(serializePlan(plan)), ...changes });
  const { frames } = JSON.parse(serializePlan(plan));
  it.each([
    ['{', /must be JSON/],
    ['7', /"format": "gimbal-plan"/],
    [changed({ version: 2 }), /"version": 1, not "gimbal-plan" and 2/],
    [changed({ border: 'glass' }), /"border" must be one of/],
    [changed({ size: { width: 64 } }), /"size" must give a width/],
    [changed({ output: { width: 1.5, height: 3 } }), /"output" must give/],
    [changed({ budget: { size } }), /"budget" must give/],
    [changed({ frames: [] }), /at least one frame/],
    [changed({ frames: [...frames.slice(0, 2), [1]] }), /frame 2 must be a list of 22 numbers/],
    [changed({ frames: [frames[1], frames[0], frames[2]] }), /times must increase, but frame 1/],
    [changed({ shots: [{ start: 0, end: 2 }] }), /must cover the 3 frames/],
    [changed({ shots: [{ start: 1, end: 3 }] }), /must follow one another/],
  ])('refuses %.40s', (text, message) => {
    expect(() => parsePlan(text)).toThrow(message);
    expect(() => parsePlan(text)).toThrow(expect.objectContaining({ code: 'GIMBAL_E_MOTION_FILE' }));
  });
});
