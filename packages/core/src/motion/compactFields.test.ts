import { expect, it } from 'vitest';
import { compactFields } from './compactFields.js';
import { motionField } from './motionField.js';

const size = { width: 64, height: 48 };

it('keeps what comes one by one in few buffers, each field as it came', () => {
  const keep = compactFields();
  const come = Array.from({ length: 600 }, (_, i) =>
    motionField({
      size,
      homographies: [1, 0, i, 0, 1, -i, 0, 0, 1],
      confidence: i / 600,
      verdict: i % 7 ? 'ok' : 'weak',
    }),
  );
  const kept = come.map(keep);
  expect(kept).toEqual(come);
  expect(new Set(kept.map(({ homographies }) => homographies.buffer)).size).toBe(3);
  kept[7].homographies.fill(0);
  expect([kept[6], kept[8]]).toEqual([come[6], come[8]]);
  expect(come[7].homographies[0]).toBe(1);
});

it('leaves a grid as it is', () => {
  const grid = motionField({
    size,
    rows: 1,
    cols: 2,
    homographies: [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 2, 0, 1, 3, 0, 0, 1],
  });
  expect(compactFields()(grid)).toBe(grid);
});
