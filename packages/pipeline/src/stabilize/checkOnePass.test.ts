import { expect, it } from 'vitest';
import { checkOnePass } from './checkOnePass.js';

it.each([
  [{ motion: 'a.json' }, {}, /^--motion tells .*; leave out that or --look-ahead/],
  [{}, { tripod: true }, /^--tripod needs to know the whole clip/],
  [{}, { zoom: 'dynamic' }, /^--zoom dynamic needs to know the whole clip/],
] as const)('what needs the whole clip is refused with a look-ahead only', (files, settings, message) => {
  const all = { tripod: false, ...settings };
  expect(() => checkOnePass(files, all)).not.toThrow();
  expect(() => checkOnePass(files, { ...all, lookAhead: 2 })).toThrow(message);
});

it('the rest goes with it', () => {
  expect(() => checkOnePass({}, { lookAhead: 2, tripod: false, zoom: 'none' })).not.toThrow();
});
