import { describe, expect, it } from 'vitest';
import { quartiles } from './quartiles.js';

describe('quartiles', () => {
  it('lie between neighbours, whatever the order', () => {
    expect(quartiles([4, 1, 3, 2])).toEqual({ count: 4, min: 1, lower: 1.75, median: 2.5, upper: 3.25, max: 4 });
  });

  it('of one number are that number', () => {
    expect(quartiles([7])).toEqual({ count: 1, min: 7, lower: 7, median: 7, upper: 7, max: 7 });
  });

  it('of nothing do not exist', () => {
    expect(quartiles([])).toBeUndefined();
  });
});
