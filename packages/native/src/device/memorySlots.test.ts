import { expect, test } from 'vitest';
import { MemorySlots } from './memorySlots.js';

/** Host memory that counts what is taken of it. */
function hostMemory(room: number) {
  const supply = {
    blocks: new Set<Uint8Array>(),
    bytes: 0,
    calls: 0,
    async allocate(bytes: number) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (supply.bytes + bytes > room) throw new Error(`${bytes} bytes do not fit`);
      supply.calls++;
      supply.bytes += bytes;
      const block = new Uint8Array(bytes);
      supply.blocks.add(block);
      return block;
    },
    async free(block: Uint8Array) {
      expect(supply.blocks.delete(block)).toBe(true);
      supply.bytes -= block.length;
    },
  };
  return supply;
}

test('slots do not overlap, come from few blocks, and are lent again', async () => {
  const memory = hostMemory(1e6);
  const slots = new MemorySlots(100, memory);
  const taken = await Promise.all(Array.from({ length: 40 }, () => slots.take()));
  for (const [i, { block, at }] of taken.entries()) block.fill(i, at, at + 100);
  for (const [i, { block, at }] of taken.entries())
    expect(block.subarray(at, at + 100)).toEqual(new Uint8Array(100).fill(i));
  expect(memory.calls).toBeLessThanOrEqual(7);
  const [first] = taken;
  slots.give(first);
  expect(await slots.take()).toBe(first);
  for (let round = 0; round < 3; round++) {
    for (const slot of taken) slots.give(slot);
    await Promise.all(taken.map(() => slots.take()));
  }
  expect(memory.calls).toBeLessThanOrEqual(7);
});

test('where a large block has no room a single slot may', async () => {
  const memory = hostMemory(550);
  const slots = new MemorySlots(100, memory);
  const taken = [];
  for (let i = 0; i < 5; i++) taken.push(await slots.take());
  await expect(slots.take()).rejects.toThrow('100 bytes do not fit');
  slots.give(taken[2]);
  expect(await slots.take()).toBe(taken[2]);
});

test('trimming gives back what nobody uses, closing everything in the end', async () => {
  const memory = hostMemory(1e6);
  const slots = new MemorySlots(100, memory);
  const taken = await Promise.all(Array.from({ length: 16 }, () => slots.take()));
  for (const slot of taken.slice(1)) slots.give(slot);
  await slots.trim();
  expect(memory.blocks.size).toBe(1);
  expect(memory.blocks.has(taken[0].block)).toBe(true);
  const again = await Promise.all([slots.take(), slots.take()]);
  await slots.close();
  await expect(slots.take()).rejects.toMatchObject({ code: 'GIMBAL_E_INVALID_ARGUMENT' });
  for (const slot of [taken[0], ...again]) slots.give(slot);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(memory.bytes).toBe(0);
});
