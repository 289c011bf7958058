import { describe, expect, it } from 'vitest';
import { frameRateOf, nominalRate } from './rational.js';

describe('frameRateOf', () => {
  it.each([
    [60, 60, 1],
    ['60', 60, 1],
    ['60000/1001', 60000, 1001],
    ['48/2', 24, 1],
    [59.94, 60000, 1001],
    ['23.976', 24000, 1001],
    [29.97, 30000, 1001],
    ['12.5', 25, 2],
    ['47.952', 48000, 1001],
    [{ num: 50, den: 2 }, 25, 1],
  ])('reads %o', (value, num, den) => {
    expect(frameRateOf(value)).toEqual({ num, den });
  });

  it.each(['', 'fast', 0, -1, Number.NaN, '1e3', '60/0', 5000, { num: 1.5, den: 1 }])('refuses %o', (value) => {
    expect(() => frameRateOf(value)).toThrow(expect.objectContaining({ code: 'GIMBAL_E_INVALID_ARGUMENT' }));
  });
});

describe('nominalRate', () => {
  it('finds the rate that a measured one stands for', () => {
    expect(nominalRate(25)).toEqual({ num: 25, den: 1 });
    expect(nominalRate(29.97003)).toEqual({ num: 30000, den: 1001 });
    expect(nominalRate(23.976)).toEqual({ num: 24000, den: 1001 });
    expect(nominalRate(17.3)).toEqual({ num: 173, den: 10 });
  });
});
