import { describe, expect, it } from 'vitest';
import { measuredRun, successfulRun } from './measuredRun.js';

const busy = 'const end = process.cpuUsage().user + 3e5; while (process.cpuUsage().user < end); console.log("done")';

describe('measuredRun', () => {
  it.skipIf(process.platform !== 'linux')('measures CPU time and memory of the child', async () => {
    const cost = await measuredRun([process.execPath, '-e', `Buffer.alloc(64 << 20, 1); ${busy}`]);
    expect(cost).toMatchObject({ exitCode: 0, stdout: 'done\n' });
    expect(cost.cpuSeconds).toBeGreaterThan(0.29);
    expect(cost.peakBytes).toBeGreaterThan(64 << 20);
    expect(cost.wallSeconds).toBeGreaterThan(0.25);
  });

  it('says what a failing program said', async () => {
    const failing = successfulRun([process.execPath, '-e', 'console.error("no such clip"); process.exit(3)']);
    await expect(failing).rejects.toThrow(/exit code 3[\s\S]*no such clip/);
  });
});
