import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everydayHomographies, within } from '../../test/arbitraries.js';
import { identityHomography } from '../geometry/homography.js';
import type { ClipMotion } from './clipMotion.js';
import { MODELS, motionField, VERDICTS } from './motionField.js';
import { parseMotion, serializeMotion } from './motionRecord.js';

const size = { width: 64, height: 48 };
const identity = Array.from(identityHomography());
const step = { homographies: identity, confidence: 1, verdict: 'ok', model: 'homography' };
const record = { format: 'gimbal-motion', version: 1, estimator: 'x', size, times: [0, 0.5], steps: [step] };

const clips: fc.Arbitrary<ClipMotion> = fc
  .record({
    estimator: fc.string(),
    steps: fc.array(
      fc.record({
        pair: everydayHomographies,
        rows: fc.integer({ min: 1, max: 3 }),
        cols: fc.integer({ min: 1, max: 3 }),
        confidence: within(0, 1),
        verdict: fc.constantFrom(...VERDICTS),
        model: fc.constantFrom(...MODELS),
        gap: within(1e-3, 10),
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ estimator, steps }) => {
    let time = 0;
    return {
      size,
      estimator,
      times: Float64Array.from([0, ...steps.map(({ gap }) => (time += gap))]),
      steps: steps.map(({ pair, rows, cols, ...rest }) =>
        motionField({
          ...rest,
          size,
          rows,
          cols,
          // + 0: JSON does not know −0.
          homographies: Array.from({ length: rows * cols }, () => Array.from(pair.h, (value) => value + 0)).flat(),
        }),
      ),
    };
  });

describe('a motion record', () => {
  it('gives back every bit of what was written', () => {
    fc.assert(
      fc.property(clips, (motion) => {
        expect(parseMotion(serializeMotion(motion))).toEqual(motion);
      }),
    );
  });

  it('is one line a step, so that two of them can be compared', () => {
    const motion = parseMotion(JSON.stringify({ ...record, times: [0, 1, 2], steps: [step, step] }));
    expect(serializeMotion(motion).trimEnd().split('\n')).toEqual([
      '{"format":"gimbal-motion","version":1,"estimator":"x","size":{"width":64,"height":48},"times":[0,1,2],"steps":[',
      `${JSON.stringify(step)},`,
      JSON.stringify(step),
      ']}',
    ]);
  });

  it('holds 100,000 frames', () => {
    const count = 100_000;
    const field = motionField({ size, homographies: [1.0001, 1e-5, 3.3, -1e-5, 0.9999, -2.2, 1e-7, -1e-7, 1] });
    const motion: ClipMotion = {
      size,
      times: Float64Array.from({ length: count }, (_, i) => i / 29.97),
      steps: new Array(count - 1).fill(field),
      estimator: 'x',
    };
    const started = performance.now();
    const back = parseMotion(serializeMotion(motion));
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(back.times).toEqual(motion.times);
    expect(back.steps[count - 2]).toEqual(field);
  });
});

describe('parseMotion', () => {
  const wrong = (changes: object): string => JSON.stringify({ ...record, ...changes });
  const wrongStep = (changes: object): string => wrong({ steps: [{ ...step, ...changes }] });
  it.each<[string, RegExp]>([
    ['', /must be JSON as `gimbal stabilize --export-motion` writes it/],
    ['{"format":"gimbal-motion","vers', /must be JSON/],
    ['[1, 2]', /must hold an object, not \[1,2\]/],
    ['null', /must hold an object, not null/],
    ['{}', /"format" must be "gimbal-motion", not nothing/],
    [wrong({ format: 'gimbal-trajectory' }), /not "gimbal-trajectory"/],
    [wrong({ version: 2 }), /has version 2, this program reads version 1; analyse the clip again/],
    [wrong({ estimator: 5 }), /"estimator" must be a name, not 5/],
    [wrong({ size: { width: 64 } }), /"size" must give a width and a height in whole pixels, not \{"width":64\}/],
    [wrong({ size: { width: 64.5, height: 1 } }), /"size"/],
    [wrong({ size: [64, 48] }), /"size"/],
    [wrong({ times: 'abc' }), /"times" must be a list of numbers, not "abc"/],
    [wrong({ steps: {} }), /"steps" must be a list, not \{\}/],
    [wrong({ times: [] }), /0 times need 0 steps between them \(at least one time\), not 1/],
    [wrong({ times: [], steps: [] }), /at least one time/],
    [wrong({ times: [0, 1, 2] }), /3 times need 2 steps between them .* not 1/],
    [wrong({ times: [0, '1'] }), /time 1 must be a number, not "1"/],
    [wrong({ times: [0, null] }), /time 1 must be a number, not null/],
    [wrong({ times: [3, 3] }), /times must increase, but time 1 is 3 after 3/],
    [wrong({ steps: [7] }), /step 0 must be an object, not 7/],
    [wrongStep({ homographies: 'no' }), /"homographies" of step 0 must be a list of numbers, not "no"/],
    [wrongStep({ homographies: [...identity.slice(1), '1'] }), /"homographies" of step 0/],
    [wrongStep({ homographies: identity.slice(1) }), /step 0: A 1×1 motion field needs 9 numbers, received 8/],
    [wrongStep({ homographies: new Array(9).fill(0) }), /step 0: A homography needs nine finite numbers/],
    [wrongStep({ rows: 2 }), /step 0: A 2×1 motion field needs 18 numbers/],
    [wrongStep({ rows: '1' }), /must be numbers, not "1", 1, 1/],
    [wrongStep({ confidence: undefined }), /must be numbers, not 1, 1, nothing/],
    [wrongStep({ confidence: 3 }), /step 0: Confidence must lie in \[0, 1\], received 3/],
    [wrongStep({ verdict: 'good' }), /"verdict" of step 0 must be one of ok, weak, cut, duplicate, not "good"/],
    [wrongStep({ model: 'x'.repeat(100) }), /"model" of step 0 must be one of homography, .*, not "x{50,60}…/],
  ])('refuses %s', (text, message) => {
    expect(() => parseMotion(text)).toThrow(
      expect.objectContaining({ code: 'GIMBAL_E_MOTION_FILE', message: expect.stringMatching(message) }),
    );
  });

  it('never fails in another way, whatever was changed in the text', () => {
    const text = JSON.stringify(record);
    const edits = fc.record({
      at: fc.integer({ min: 0, max: text.length }),
      cut: fc.integer({ min: 0, max: 30 }),
      insert: fc.string({ maxLength: 5 }),
    });
    fc.assert(
      fc.property(edits, ({ at, cut, insert }) => {
        try {
          const motion = parseMotion(text.slice(0, at) + insert + text.slice(at + cut));
          expect(motion.steps.length).toBe(motion.times.length - 1);
        } catch (error) {
          expect(error).toMatchObject({ code: 'GIMBAL_E_MOTION_FILE' });
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('serializeMotion', () => {
  const motion = parseMotion(JSON.stringify(record));
  it.each<[Partial<ClipMotion>, RegExp]>([
    [{ times: Float64Array.of(0) }, /1 times need 0 steps/],
    [{ times: Float64Array.of(1, 0) }, /times must increase/],
    [{ times: Float64Array.of(0, Number.NaN) }, /time 1 must be a number/],
    [{ size: { width: 32, height: 48 } }, /step 0 is for 64×48 pixels, the clip has 32×48/],
    [{ size: { width: 0, height: 48 } }, /"size"/],
    [{ steps: [{ ...motion.steps[0], homographies: new Float64Array(9).fill(Number.NaN) }] }, /not finite/],
  ])('refuses motion that could not be read again: %j', (changes, message) => {
    expect(() => serializeMotion({ ...motion, ...changes })).toThrow(
      expect.objectContaining({ code: 'GIMBAL_E_MOTION_FILE', message: expect.stringMatching(message) }),
    );
  });
});
