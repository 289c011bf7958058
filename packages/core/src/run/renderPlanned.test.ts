import { describe, expect, it } from 'vitest';
import { hills, Ledger, MemorySink, memorySource, type Shown } from '../../test/memoryClip.js';
import { lumaRenderer, shiftEstimator, tripod } from '../../test/smallParts.js';
import { parsePlan, serializePlan } from '../plan/planRecord.js';
import type { FrameRange } from './renderClip.js';
import { renderPlanned } from './renderPlanned.js';
import { stabilize } from './stabilize.js';

const size = { width: 48, height: 32 };
const shown: Shown[] = [0, 2, 1, -1, 0, 1, -2, 0, 1, 2, 0, -1].map((x, t) => ({
  time: t / 30,
  scene: hills(t < 8 ? 1 : 7),
  x,
  y: t % 2,
}));

async function planned() {
  const ledger = new Ledger();
  const sink = new MemorySink(ledger);
  const source = memorySource(shown, size, ledger);
  const parts = { source, estimator: shiftEstimator, smoother: tripod, renderer: lumaRenderer, sink };
  const { plan } = await stabilize({ ...parts, maxCrop: 0.3, zoom: 'none' });
  return { plan, pictures: sink.written.map(({ time, planes }) => [time, planes[0].data]) };
}

describe('renderPlanned', () => {
  it('shows ranges of a clip as the whole run does, with a plan that was written and read', async () => {
    const { plan, pictures } = await planned();
    const copy = parsePlan(serializePlan(plan));
    const ledger = new Ledger();
    const run = async (range?: FrameRange) => {
      const sink = new MemorySink(ledger);
      const progress: unknown[] = [];
      const { frames } = await renderPlanned({
        source: memorySource(shown, size, ledger),
        renderer: lumaRenderer,
        sink,
        plan: copy,
        range,
        onProgress: (state) => void progress.push(state),
      });
      expect([sink.state, sink.size, frames]).toEqual(['finished', plan.output, sink.written.length]);
      expect(progress.at(-1)).toEqual({ stage: 'render', done: frames, total: frames });
      return sink.written.map(({ time, planes }) => [time, planes[0].data]);
    };
    expect(await run()).toEqual(pictures);
    const ranges = [
      { start: 0, end: 5 },
      { start: 5, end: 6 },
      { start: 6, end: 12 },
    ];
    const parts = [];
    for (const range of ranges) parts.push(...(await run(range)));
    expect(parts).toEqual(pictures);
    expect(ledger.open).toBe(0);
  });

  it('refuses what does not fit, and leaves nothing behind', async () => {
    const { plan } = await planned();
    const ledger = new Ledger();
    const other = shown.map((frame) => ({ ...frame, time: frame.time + 1 }));
    for (const [code, message, frames, options] of [
      ['GIMBAL_E_INVALID_ARGUMENT', /within 0 to 12.* received 5 to 5/, shown, { range: { start: 5, end: 5 } }],
      ['GIMBAL_E_INVALID_ARGUMENT', /received 3 to 13/, shown, { range: { start: 3, end: 13 } }],
      ['GIMBAL_E_INVALID_ARGUMENT', /received -1 to 4/, shown, { range: { start: -1, end: 4 } }],
      ['GIMBAL_E_MOTION_FILE', /is for 64×32 frames/, shown, { plan: { ...plan, size: { width: 64, height: 32 } } }],
      ['GIMBAL_E_MOTION_FILE', /Frame 4 of the clip is at 1.133 s/, other, { range: { start: 4, end: 6 } }],
      ['GIMBAL_E_MOTION_FILE', /the clip has only 9/, shown.slice(0, 9), { range: { start: 6, end: 12 } }],
      ['GIMBAL_E_MOTION_FILE', /the clip has more/, [...shown, { ...shown[0], time: 1 }], {}],
    ] as const) {
      const sink = new MemorySink(ledger);
      const source = memorySource(frames, size, ledger);
      await expect(renderPlanned({ source, renderer: lumaRenderer, sink, plan, ...options })).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      });
      expect(sink.state).toBe('aborted');
    }
    // What lies after the range does not matter.
    const sink = new MemorySink(ledger);
    const source = memorySource(shown.slice(0, 9), size, ledger);
    await renderPlanned({ source, renderer: lumaRenderer, sink, plan, range: { start: 2, end: 9 } });
    expect([sink.written.length, ledger.open]).toEqual([7, 0]);
  });
});
