import { expect, it } from 'vitest';
import { PREDICTIONS_HEADER, parsePredictions } from './predictionsRow.js';

const parse = (...lines: string[]) => parsePredictions([PREDICTIONS_HEADER, ...lines, ''].join('\n'));

it('reads answers by bin, with the bottom corners in the order of the table', () => {
  const bins = parse('clean-8,0,1,2,3,4,5,6,7,8', 'blur-2,0,,,,,,,,', 'clean-8,1,0,0,0,0,0,0,0,-1e-3');
  expect(bins.get('clean-8')?.[0]).toEqual(Float64Array.of(1, 2, 3, 4, 7, 8, 5, 6));
  expect(bins.get('clean-8')).toHaveLength(2);
  expect(bins.get('blur-2')).toEqual([undefined]);
});

it('says which line is wrong', () => {
  expect(() => parse('clean-8,1,1,2,3,4,5,6,7,8')).toThrow('Line 2');
  expect(() => parse('clean-8,0,1,2,3,4,5,6,7')).toThrow('Line 2');
  expect(() => parse('clean-8,0,1,2,3,4,5,6,7,')).toThrow('Line 2');
  expect(() => parsePredictions('1,2')).toThrow('begin with');
});
