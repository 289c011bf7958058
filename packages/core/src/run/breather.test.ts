import { describe, expect, it, vi } from 'vitest';
import { createBreather } from './breather.js';

/** Keeps the processor busy. */
function spin(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('createBreather', () => {
  it('gives nothing to wait for as long as little time has passed', () => {
    const breathe = createBreather(undefined, 10_000);
    for (let k = 0; k < 1000; k++) expect(breathe()).toBeUndefined();
  });

  it('lets other work run once its time is over, and starts anew', async () => {
    const breathe = createBreather(undefined, 20);
    let served = false;
    setImmediate(() => {
      served = true;
    });
    spin(25);
    const pause = breathe();
    expect(pause).toBeInstanceOf(Promise);
    await pause;
    expect(served).toBe(true);
    expect(createBreather(undefined, 1000)()).toBeUndefined();
    expect(breathe()).toBeUndefined();
  });

  it('counts what another loop did before without a pause', async () => {
    await createBreather(undefined, 0)();
    spin(25);
    const breathe = createBreather(undefined, 20);
    await expect(breathe()).resolves.toBeUndefined();
    expect(breathe()).toBeUndefined();
  });

  it('also works where there is no setImmediate, as in a browser', async () => {
    vi.stubGlobal('setImmediate', undefined);
    try {
      const breathe = createBreather(undefined, 0);
      spin(1);
      await expect(breathe()).resolves.toBeUndefined();
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('throws when its signal was aborted', () => {
    const controller = new AbortController();
    const breathe = createBreather(controller.signal, 10_000);
    expect(breathe()).toBeUndefined();
    controller.abort();
    expect(() => breathe()).toThrow(expect.objectContaining({ code: 'GIMBAL_E_CANCELLED' }));
  });
});
