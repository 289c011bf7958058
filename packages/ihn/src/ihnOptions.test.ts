import { expect, test } from 'vitest';
import { parseIhnOptions } from './ihnOptions.js';

test('everything has a default, and what is given stays', () => {
  const defaults = { threads: 2, provider: 'auto', weakBelow: 0.2, cutBelow: 0.3, refineAtFullResolution: true };
  expect(parseIhnOptions(undefined)).toEqual(defaults);
  expect(parseIhnOptions({ refinements: [2, 2, 1], threads: undefined })).toEqual({
    ...defaults,
    refinements: [2, 2, 1],
  });
  expect(parseIhnOptions({ provider: 'cuda:1' })).toEqual({ ...defaults, provider: 'cuda:1' });
});

test.each([
  [{ thraeds: 2 }, /"thraeds".*threads, provider/],
  [{ threads: '2' }, /"threads".*whole number from 1 to 64, received "2"/],
  [{ provider: 'gpu' }, /"provider".*"gpu"/],
  [{ refinements: 0 }, /"refinements".*from 1 to 32/],
  [{ refinements: [20, 20, 20] }, /"refinements"/],
  [{ refinements: [0, 0, 0] }, /"refinements"/],
  [{ weakBelow: 2 }, /"weakBelow".*from 0 to 1, received 2/],
  [{ weights: '' }, /"weights"/],
  [{ refineAtFullResolution: 1 }, /"refineAtFullResolution".*true or false, received 1/],
  [[1], /object/],
  ['fast', /object/],
])('options %j are refused by name', (options, message) => {
  expect(() => parseIhnOptions(options)).toThrow(
    expect.objectContaining({ code: 'GIMBAL_E_INVALID_ARGUMENT', message: expect.stringMatching(message) }),
  );
});
