import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { addonInfo } from '@gimbal/native';
import { afterAll, describe, expect, it } from 'vitest';
import { runGimbal } from './runGimbal.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-transfers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { unavailable } = addonInfo().cudaReport;
if (unavailable) console.log(`benchmark --transfers: refusals only, ${unavailable}`);

describe('gimbal benchmark --transfers', () => {
  it.each([
    [['benchmark'], /expects a folder of clips .*, or --transfers/],
    [['benchmark', folder, '--transfers'], /--transfers needs no clips/],
    [['benchmark', folder, '--output', 'x.json'], /--output goes with --transfers/],
    [['benchmark', '--transfers', '--device', 'cpu'], /--transfers is about a GPU/],
  ])('refuses %j', async (args, message) => {
    const ended = await runGimbal(args, { cwd: folder });
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).toMatch(/\(GIMBAL_E_INVALID_ARGUMENT\)\n$/);
    expect([ended.code, ended.stdout]).toEqual([2, '']);
  });

  it.skipIf(unavailable === '')('says why there is no GPU, with the code of a missing device', async () => {
    for (const device of ['auto', 'cuda', 'cuda:3']) {
      const ended = await runGimbal(['benchmark', '--transfers', '--device', device, '--json'], { cwd: folder });
      expect(ended.stderr).toContain(unavailable);
      expect(ended.code).toBe(6);
      expect(JSON.parse(ended.stdout)).toMatchObject({ ok: false, error: { code: 'GIMBAL_E_DEVICE_UNAVAILABLE' } });
    }
  });

  it.skipIf(unavailable !== '')(
    'measures and answers',
    async () => {
      const file = path.join(folder, 'transfers.json');
      const ended = await runGimbal(['benchmark', '--transfers', '--output', file, '-q'], { cwd: folder });
      expect([ended.code, ended.stdout, ended.stderr]).toEqual([0, '', '']);
      const report = JSON.parse(readFileSync(file, 'utf8'));
      expect(report.copies).toHaveLength(24);
      expect(report.sizes.map(({ name }: { name: string }) => name)).toEqual(['360p', '720p', '1080p', '1440p', '4K']);
      expect(report.answer).toMatch(/^(Yes|No|Only)/);
    },
    60_000,
  );
});
