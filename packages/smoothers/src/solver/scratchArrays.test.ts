import { describe, expect, it } from 'vitest';
import { ScratchArrays } from './scratchArrays.js';

describe('ScratchArrays', () => {
  it('gives zeros of the length asked for, also from memory that was used before', () => {
    const scratch = new ScratchArrays();
    const first = scratch.take(4).fill(7);
    scratch.reset();
    const second = scratch.take(3);
    expect(second.buffer).toBe(first.buffer);
    expect([...second]).toEqual([0, 0, 0]);
    scratch.reset();
    expect([...scratch.take(5)]).toEqual([0, 0, 0, 0, 0]);
  });

  it('never gives the same memory twice between resets', () => {
    const scratch = new ScratchArrays();
    expect(scratch.take(4).buffer).not.toBe(scratch.take(4).buffer);
  });
});
