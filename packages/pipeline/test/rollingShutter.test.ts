import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parsePlan, serializePlan } from '@gimbal/core';
import { renderSyntheticClip } from '@gimbal/fixtures';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { planMotion, stabilizeFile } from '../src/index.js';
import { writeClip } from './clips.js';

const folder = mkdtempSync(path.join(tmpdir(), 'gimbal-rolling-'));
const [rolling, global, out, motionFile] = ['rolling.mp4', 'global.mp4', 'out.mp4', 'motion.json'].map((name) =>
  path.join(folder, name),
);
const size = { width: 320, height: 180 };
const quick = { overwrite: true, device: 'cpu', preset: 'ultrafast' } as const;

beforeAll(async () => {
  for (const [file, readout] of [
    [rolling, 0.9],
    [global, 0],
  ] as const) {
    const scene = { frames: 80, size, shake: 14, parallax: 0, movingObject: false, readout };
    await writeClip(file, renderSyntheticClip(scene).frames(), size);
  }
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

it('finds the readout in decoded pictures, corrects it, and keeps it with motion and plan', async () => {
  const { motion, plan, summary } = await stabilizeFile(rolling, out, { ...quick, exportMotion: motionFile });
  expect(summary.rollingShutter).toMatchObject({ axis: 'rows', corrected: 80 });
  expect(Math.abs((summary.rollingShutter?.readout ?? 0) - 0.9)).toBeLessThan(0.05);
  expect([motion.rollingShutter, plan.rollingShutter]).toEqual([summary.rollingShutter, summary.rollingShutter]);
  expect(plan.readouts).toHaveLength(80);
  expect(parsePlan(serializePlan(plan))).toEqual(plan);
  // What was measured a second time is in the file.
  expect(await planMotion(motionFile)).toEqual(plan);
  const off = await stabilizeFile(rolling, out, { ...quick, motion: motionFile, rollingShutter: 'off' });
  expect([off.summary.rollingShutter, off.plan.readouts, off.plan.rollingShutter]).toEqual([
    null,
    undefined,
    undefined,
  ]);
  const told = await stabilizeFile(rolling, out, { ...quick, motion: motionFile, rollingShutter: 0.5 });
  expect(told.summary.rollingShutter).toEqual({ readout: 0.5, uncertainty: 0, axis: 'rows', corrected: 80 });
  const online = await stabilizeFile(rolling, out, { ...quick, lookAhead: 1, rollingShutter: 0.9 });
  expect(online.summary.rollingShutter?.corrected).toBe(80);
}, 240_000);

it('gives a clip without readout the plan that it had', async () => {
  const looked = await stabilizeFile(global, out, { ...quick, exportMotion: motionFile });
  expect(looked.summary.rollingShutter).toMatchObject({ corrected: 0, reason: expect.any(String) });
  const off = await stabilizeFile(global, out, { ...quick, motion: motionFile, rollingShutter: 'off' });
  expect(looked.plan.warps).toEqual(off.plan.warps);
  expect(looked.plan.readouts).toBeUndefined();
}, 120_000);

it('refuses a readout that no sensor has', async () => {
  await expect(stabilizeFile(global, out, { ...quick, rollingShutter: 3 })).rejects.toMatchObject({
    code: 'GIMBAL_E_INVALID_ARGUMENT',
  });
}, 60_000);
