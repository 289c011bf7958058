import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { GimbalError } from '@gimbal/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWhenStale } from '../../../tools/run/buildWhenStale.ts';
import { callProcess } from '../src/startProcess.js';
import { startWorker, type WorkerThread } from '../src/startWorker.js';

const options = { purpose: 'answers tests', builtBy: '@gimbal/worker' };
const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-worker-'));
let threads: WorkerThread[] = [];

/** Writes a program that serves these handlers, with the package's own bundle. */
function program(name: string, handlers: string, serveOptions = '{}'): string {
  const own = (file: string) => pathToFileURL(path.resolve(import.meta.dirname, file)).href;
  const file = path.join(folder, `${name}.mjs`);
  writeFileSync(
    file,
    `import { serve } from '${own('../dist/index.js')}';
import { GimbalError } from '${own('../../core/dist/index.js')}';
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
serve({ ${handlers} }, ${serveOptions});
`,
  );
  return file;
}

function start(file: string): WorkerThread {
  const thread = startWorker(file, options);
  threads.push(thread);
  return thread;
}

beforeAll(async () => {
  await buildWhenStale(path.resolve(import.meta.dirname, '../../core'));
  await buildWhenStale(path.resolve(import.meta.dirname, '..'));
});
afterAll(async () => {
  await Promise.all(threads.map((thread) => thread.end()));
  threads = [];
});

describe('a worker thread', () => {
  it('answers, with progress, several calls side by side', async () => {
    const worker = start(
      program(
        'sums',
        `async sum({ numbers, ms }, { onProgress }) {
          let total = 0;
          for (const number of numbers) { total += number; await later(ms); onProgress({ total }); }
          return total;
        }`,
      ),
    );
    const seen: number[] = [];
    const order: number[] = [];
    const call = (numbers: number[], ms: number) =>
      worker
        .call<number>('sum', { numbers, ms }, { onProgress: ({ total }: { total: number }) => void seen.push(total) })
        .then((total) => order.push(total));
    await Promise.all([call([1, 2, 3], 60), call([10], 1)]);
    expect(new Set(order)).toEqual(new Set([6, 10]));
    expect(order[0]).toBe(10);
    expect([...seen].sort((a, b) => a - b)).toEqual([1, 3, 6, 10]);
  });

  it('answers one call after the other where the order counts', async () => {
    const worker = start(program('serial', 'async wait(ms) { await later(ms); return ms; }', '{ serial: true }'));
    const order: number[] = [];
    await Promise.all([60, 1].map((ms) => worker.call<number>('wait', ms).then((done) => order.push(done))));
    expect(order).toEqual([60, 1]);
  });

  it('throws what the handler threw, code and cause included', async () => {
    const worker = start(
      program('throws', `fail() { throw new GimbalError('GIMBAL_E_ENCODE', 'no', { cause: new Error('why') }); }`),
    );
    const error = await worker.call('fail', undefined).catch((thrown: unknown) => thrown);
    expect(GimbalError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ code: 'GIMBAL_E_ENCODE', message: 'no', cause: { message: 'why' } });
    await expect(worker.call('unknown', undefined)).rejects.toThrow(/not a function/);
  });

  it('hears of an abort, and settles when it has cleaned up', async () => {
    const worker = start(
      program(
        'aborts',
        `async work(_, { signal, onProgress }) {
          while (!signal.aborted) await later(1);
          await later(30);
          onProgress('cleaned');
          throw signal.reason;
        }`,
      ),
    );
    const control = new AbortController();
    const said: string[] = [];
    const call = worker.call('work', undefined, {
      signal: control.signal,
      onProgress: (word: string) => void said.push(word),
    });
    control.abort(new GimbalError('GIMBAL_E_CANCELLED', 'Enough.'));
    await expect(call).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED', message: 'Enough.' });
    expect(said).toEqual(['cleaned']);
    await expect(worker.call('work', undefined, { signal: control.signal })).rejects.toThrow('Enough.');
  });

  it('moves the buffers that it is told to move', async () => {
    const worker = start(
      program('moves', 'fill(n) { return new Float64Array(n).fill(n); }', '{ transfer: (value) => [value.buffer] }'),
    );
    expect(await worker.call<Float64Array>('fill', 3)).toEqual(Float64Array.of(3, 3, 3));
    expect(await worker.call<Float64Array>('fill', 2)).toEqual(Float64Array.of(2, 2));
  });

  it('rejects what is under way when it fails outside a call, and everything after its end', async () => {
    const worker = startWorker(
      program('stray', `async wait() { setTimeout(() => { throw new Error('astray'); }, 5); await later(10_000); }`),
      options,
    );
    await expect(worker.call('wait', undefined)).rejects.toThrow('astray');
    const ended = startWorker(program('ends', 'nothing() {}'), options);
    await ended.end();
    await expect(ended.call('nothing', undefined)).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
  });

  it('is not torn down while it puts away what it held, and refuses calls meanwhile', async () => {
    // Longer than a thread has to end by itself once it is idle.
    const file = path.join(folder, 'released');
    const put = `async onEnd() { await later(1500); (await import('node:fs')).writeFileSync(${JSON.stringify(file)}, ''); }`;
    const worker = start(program('release', 'twice(n) { return 2 * n; }', `{ ${put} }`));
    expect(await worker.call('twice', 4)).toBe(8);
    const ended = worker.end();
    await expect(worker.call('twice', 5)).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
    await ended;
    expect(existsSync(file)).toBe(true);
  });

  it('is ended although something else holds it', async () => {
    const worker = startWorker(program('held', 'hold() { setInterval(() => undefined, 1000); }'), options);
    await worker.call('hold', undefined);
    await worker.end();
  });

  it('must be built', () => {
    expect(() => startWorker(path.join(folder, 'none.mjs'), options)).toThrow(
      /program that answers tests was expected at .*none\.mjs .*npm run build -w @gimbal\/worker/,
    );
  });
});

describe('a child process', () => {
  const call = { ...options, method: 'run', params: 4 };

  it('answers one call, with progress, and is gone', async () => {
    const file = program('child', 'run(n, { onProgress }) { onProgress(n); return [n, process.pid]; }');
    const seen: number[] = [];
    const [answer, pid] = await callProcess<[number, number]>(file, call, {
      onProgress: (n: number) => void seen.push(n),
    });
    expect([answer, seen]).toEqual([4, [4]]);
    expect(() => process.kill(pid, 0)).toThrow();
  });

  it('passes errors on, and says how a process ended that gave no answer', async () => {
    const failing = program('failing', `run() { throw new GimbalError('GIMBAL_E_DISK_FULL', 'full'); }`);
    await expect(callProcess(failing, call)).rejects.toMatchObject({ code: 'GIMBAL_E_DISK_FULL', message: 'full' });
    const dying = program(
      'dying',
      `run() { process.stderr.write('last words\\n', () => process.exit(9)); return later(9e5); }`,
    );
    await expect(callProcess(dying, call)).rejects.toThrow('ended with exit code 9 and no result: last words');
  });

  it('can be aborted', async () => {
    const file = program(
      'patient',
      'async run(_, { signal }) { while (!signal.aborted) await later(1); throw signal.reason; }',
    );
    const control = new AbortController();
    const pending = callProcess(file, call, { signal: control.signal });
    setTimeout(() => control.abort(), 50);
    await expect(pending).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
  });
});
