import { expect, test } from 'vitest';
import { chooseByCores, SOFTWARE_THREADS } from './decoderChoice.js';

test('software decodes where there are cores for it and the clip is decoded before anything is encoded', () => {
  const many = { threads: SOFTWARE_THREADS, once: false };
  const sizes = { clipBytes: 100, budgetBytes: 100 };
  expect(chooseByCores({ ...many, ...sizes }).name).toBe('software');
  expect(chooseByCores(many).name).toBe('software');
  expect(chooseByCores({ ...many, budgetBytes: 100 }).name).toBe('software');
  expect(chooseByCores({ ...many, budgetBytes: 0 }).name).toBe('nvdec');
  expect(chooseByCores({ ...many, ...sizes, budgetBytes: 99 })).toEqual({
    name: 'nvdec',
    reason: 'the clip is decoded while it is encoded, which takes the CPU',
  });
  expect(chooseByCores({ ...many, ...sizes, once: true }).name).toBe('nvdec');
  expect(chooseByCores({ ...many, threads: 2 })).toEqual({
    name: 'nvdec',
    reason: 'software is faster from 8 threads on, and there are 2',
  });
});
