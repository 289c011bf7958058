// `npm run fuzz -- [--files 10000] [--minutes M] [--seed 1] [--workers 2] [--keep FOLDER] [--only NUMBER]`: stabilizes damaged files with the program. Whatever
// is done to a file, the program may say 0 (nothing of it mattered), 3 (not readable) or 7 (what could be decoded was used), and nothing else;
// it may not hang either. Ends with 1 if it does, and keeps the files that made it so. The same seed makes the same files.
import { fork } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { mutate, randomNumbers, writeRecording } from '@gimbal/fixtures';

const RIGHT = new Set([0, 3, 7]);
/** A file of some kilobytes that takes longer than this hangs. */
const PATIENCE = 120_000;
/** Files after which a worker is replaced: memory that leaks is another test's business. */
const WORKER_LIFE = 400;
const OUTPUTS = ['mp4', 'mkv', 'mov', 'mp4', 'webm'];

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '10000' },
    minutes: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    keep: { type: 'string', default: 'fuzz-failures' },
    only: { type: 'string' },
  },
});
const folder = mkdtempSync(path.join(tmpdir(), 'gimbal-fuzz-'));
const originals = await makeOriginals();
const only = values.only === undefined ? undefined : Number(values.only);
const files = Number(values.files);
const counts = new Map(originals.map(({ name }) => [name, new Map()]));
const failures = [];
let nextFile = only ?? 0;
let done = 0;

const start = performance.now();
await Promise.all(Array.from({ length: only === undefined ? Number(values.workers) : 1 }, (_, i) => work(i)));
report();
rmSync(folder, { recursive: true, force: true });
process.exitCode = failures.length === 0 ? 0 : 1;

/** Five containers and more, with pictures and sound of the kinds that they are used with. */
async function makeOriginals() {
  const recordings = [
    ['ts', { muxer: 'mpegts', sound: [{ codec: 'aac' }] }],
    ['mp4', { muxer: 'mp4', sound: [{ codec: 'aac' }] }],
    ['mkv', { muxer: 'matroska', sound: [{ codec: 'flac' }] }],
    ['avi', { muxer: 'avi', video: 'mpeg4', sound: [{ codec: 'pcm_s16le' }] }],
    ['flv', { muxer: 'flv', sound: [{ codec: 'aac', rate: 44_100 }] }],
    ['vob', { muxer: 'vob', video: 'mpeg2video', sound: [{ codec: 'ac3', channels: 6 }] }],
    ['m2t', { muxer: 'mpegts', video: 'mpeg2video', sound: [{ codec: 'mp2' }, { codec: 'ac3' }] }],
  ];
  const made = [];
  for (const [name, recording] of recordings) {
    const file = path.join(folder, `original.${name}`);
    await writeRecording(file, { ...recording, seconds: 0.48 });
    made.push({ name, bytes: readFileSync(file) });
  }
  return made;
}

async function work(number) {
  let worker;
  for (let life = 0; ; life++) {
    if (performance.now() - start > 60_000 * Number(values.minutes)) break;
    const index = nextFile++;
    if (only === undefined ? index >= files : index > only) break;
    const { name, bytes } = originals[index % originals.length];
    const input = path.join(folder, `${number}.${name}`);
    const extension = OUTPUTS[index % OUTPUTS.length];
    const output = path.join(folder, `${number}-out.${extension}`);
    writeFileSync(input, mutate(bytes, randomNumbers(Number(values.seed) * 1_000_003 + index * 2 + 1)));
    if (life % WORKER_LIFE === 0) {
      worker?.kill('SIGKILL');
      worker = undefined;
    }
    worker ??= freshWorker();
    const codec = extension === 'webm' ? ['--codec', 'av1'] : [];
    const preset = codec.length ? '12' : 'ultrafast';
    const order = ['stabilize', input, output, '--overwrite', '--preset', preset, ...codec];
    let answer = await ask(worker, order, PATIENCE);
    if (answer.exit === 'hangs') {
      // On a busy machine everything takes long: only what hangs in a fresh process too, and longer, is believed.
      worker = freshWorker();
      answer = await ask(worker, order, 3 * PATIENCE);
    }
    if (typeof answer.exit !== 'number') worker = undefined;
    const tally = counts.get(name);
    tally.set(answer.exit, (tally.get(answer.exit) ?? 0) + 1);
    if (!RIGHT.has(answer.exit)) fail(index, name, input, answer);
    if (++done % 500 === 0)
      console.log(`${done} files, ${Math.round((performance.now() - start) / 1000)} s, ${failures.length} failures`);
    if (only !== undefined) console.log(answer.messages);
  }
  worker?.kill('SIGKILL');
}

function freshWorker() {
  return fork(path.join(import.meta.dirname, 'fuzzWorker.mjs'), { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
}

function ask(worker, args, patience) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve({ exit: 'hangs', messages: '' });
      worker.kill('SIGKILL');
    }, patience);
    const finish = (answer) => {
      clearTimeout(timer);
      worker.removeAllListeners();
      resolve(answer);
    };
    worker.once('message', finish);
    worker.once('exit', (code, signal) => finish({ exit: `crash (${signal ?? code})`, messages: '' }));
    worker.send(args);
  });
}

function fail(index, name, input, { exit, messages }) {
  mkdirSync(values.keep, { recursive: true });
  const kept = path.join(values.keep, `${values.seed}-${index}.${name}`);
  copyFileSync(input, kept);
  failures.push(kept);
  console.log(`${kept}: ${exit} ${messages.trim().split('\n').slice(-3).join(' | ')}`);
}

function report() {
  for (const [name, tally] of counts) {
    const parts = [...tally]
      .sort(([a], [b]) => String(a).localeCompare(String(b)))
      .map(([exit, count]) => `${exit}: ${count}`);
    console.log(`${name.padEnd(4)} ${parts.join(', ')}`);
  }
  console.log(
    `${done} damaged files in ${Math.round((performance.now() - start) / 1000)} s, ${failures.length} failures`,
  );
}
