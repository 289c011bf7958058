import { describe, expect, it } from 'vitest';
import { choice, device, flag, fraction, integer, memory, number, seconds, text, time } from './valueKind.js';

describe('value kinds', () => {
  it('read the same from the command line and from a file', () => {
    expect([number(0, 1).parse('0.25'), number(0, 1).parse(0.25)]).toEqual([0.25, 0.25]);
    expect([integer(1, 8).parse('8'), integer(1, 8).parse(8)]).toEqual([8, 8]);
    expect([fraction(0, 0.5).parse('15%'), fraction(0, 0.5).parse(0.15)]).toEqual([0.15, 0.15]);
    expect([seconds.parse('1.5'), seconds.parse(1.5)]).toEqual([1.5, 1.5]);
  });

  it.each([
    [number(0, 1), '1.01'],
    [number(0, 1), ''],
    [number(0, 1), 'NaN'],
    [number(0, 1), 'two'],
    [integer(1, 8), 2.5],
    [integer(1, 8), '0'],
    [fraction(0, 0.5), '51%'],
    [fraction(0, 0.5), -0.1],
    [fraction(0, 0.5), '%'],
    [seconds, 0],
    [seconds, 'Infinity'],
    [flag, 'yes'],
    [text, ' '],
    [choice(['a', 'b']), 'c'],
    [device, 'cuda:x'],
    [device, 'gpu'],
    [memory, '4 giga'],
    [memory, '-1'],
    [memory, 1.5],
    [memory, ''],
    [time, '1:60'],
    [time, '1:60:00'],
    [time, '-3'],
    [time, -3],
    [time, '1:2:3:4'],
    [time, 'soon'],
    [number(0, 1), null],
    [number(0, 1), [0.5]],
  ])('%o refuses %o', (kind, raw) => {
    expect(kind.parse(raw)).toBeUndefined();
  });

  it('knows the devices', () => {
    expect(['auto', 'cpu', 'cuda', 'cuda:1'].map((name) => device.parse(name))).toEqual([
      'auto',
      'cpu',
      'cuda',
      'cuda:1',
    ]);
  });

  it('reads moments as people write them', () => {
    const moments = ['0', '83.5', '1:23.5', '01:02:03.25', '90:00', 7, '7.'];
    expect(moments.map((moment) => time.parse(moment))).toEqual([0, 83.5, 83.5, 3723.25, 5400, 7, undefined]);
  });

  it('counts memory in powers of 1024', () => {
    expect(['0', '512M', '4G', '1.5k', '2 GiB', '3mb', '77'].map((amount) => memory.parse(amount))).toEqual([
      0,
      512 * 2 ** 20,
      4 * 2 ** 30,
      1536,
      2 * 2 ** 30,
      3 * 2 ** 20,
      77,
    ]);
    expect(memory.parse(2 ** 30)).toBe(2 ** 30);
  });
});
