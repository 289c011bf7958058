// `node tools/bench/serverLoop.mjs [--rate 50] [--estimator NAME] CLIP`: what the clients of an HTTP server notice of a job that its process runs.
// Requests come at a steady rate from another process, first to the idle server and then while `stabilizeFile` works on the clip; printed are
// the quantiles of their answers in milliseconds, and how long the server's own thread was busy per second.
import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { stabilizeFile } from '@gimbal/pipeline';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rate: { type: 'string', default: '50' },
    device: { type: 'string', default: 'auto' },
    threads: { type: 'string' },
    client: { type: 'string' },
  },
});

if (values.client === undefined) await serve();
else ask(`http://127.0.0.1:${values.client}/`);

async function serve() {
  const server = http.createServer((_, response) => response.end('{"ok":true}'));
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const client = fork(import.meta.filename, ['--client', String(server.address().port), '--rate', values.rate]);
  const report = () =>
    new Promise((resolve) => {
      client.once('message', resolve);
      client.send('report');
    });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await report();
  await new Promise((resolve) => setTimeout(resolve, 5000));
  print('idle', await report());
  const loop = performance.eventLoopUtilization();
  const started = performance.now();
  const output = path.join(os.tmpdir(), `gimbal-server-${process.pid}.mp4`);
  const threads = values.threads === undefined ? undefined : Number(values.threads);
  const options = { device: values.device, preset: 'ultrafast', overwrite: true, threads };
  const { summary } = await stabilizeFile(positionals[0], output, options);
  const seconds = (performance.now() - started) / 1000;
  print(`${summary.frames} frames in ${seconds.toFixed(1)} s`, await report());
  const busy = performance.eventLoopUtilization(loop).active / seconds;
  console.log(`server's thread busy ${busy.toFixed(1)} ms a second, requests included`);
  rmSync(output);
  client.disconnect();
  server.close();
}

function print(what, times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(2);
  console.log(
    `${what}: ${sorted.length} requests, p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, worst ${at(1)} ms`,
  );
}

/** Asks on time, however late the answers come. */
function ask(url) {
  const agent = new http.Agent({ keepAlive: true });
  let times = [];
  setInterval(() => {
    const started = performance.now();
    http.get(url, { agent }, (response) => {
      response.resume().on('end', () => times.push(performance.now() - started));
    });
  }, 1000 / Number(values.rate));
  process.on('message', () => {
    process.send(times);
    times = [];
  });
  process.on('disconnect', () => process.exit(0));
}
