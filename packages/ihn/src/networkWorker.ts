// The thread that inference runs on: onnxruntime-node computes synchronously, and the event loop must not wait for it.
import { parentPort } from 'node:worker_threads';
import { GimbalError } from '@gimbal/core';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { createCourses } from './courses.js';
import { createFeatureStore, type FeatureStore } from './featureStore.js';
import { loadSession } from './loadSession.js';
import type {
  EncodeRequest,
  NetworkAnswers,
  NetworkRequest,
  Numbered,
  OpenRequest,
  Refinement,
  RefineRequest,
  RegressRequest,
  Reply,
} from './networkMessages.js';
import { type Outputs, outputTensors } from './outputTensors.js';

/** Most pairs in one run of a network on a GPU: more would only take memory. A CPU gains nothing by several. */
const BATCH = 8;
let together = 1;
const SIDE = 128;

const port = parentPort;
if (port === null) throw new Error('networkWorker runs as a worker thread only.');
const sessions = new Map<string, InferenceSession>();
/** What each refinement answers for a single pair: read before the next one is asked. */
const answers = new Map<string, Outputs>();
let features: FeatureStore | undefined;
const picture = new Tensor('float32', new Float32Array(SIDE * SIDE), [1, 1, SIDE, SIDE]);

// One request after the other, in the order in which they came.
let queue = Promise.resolve();
port.on('message', ({ id, request }: Numbered) => {
  queue = queue.then(async () => {
    const answered = await reply(id, request);
    port.postMessage(answered, transferable(answered));
    if (request.kind === 'close') port.close();
  });
});

/** The largest part of an answer is handed over instead of copied. */
function transferable(answered: Reply): ArrayBuffer[] {
  if (!('value' in answered) || !Array.isArray(answered.value)) return [];
  return answered.value.flatMap((part) => ('inliers' in part ? [part.inliers.buffer as ArrayBuffer] : []));
}

async function reply(id: number, request: NetworkRequest): Promise<Reply> {
  try {
    return { id, value: await answer(request) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (GimbalError.isInstance(error)) return { id, code: error.code, message };
    return { id, code: 'GIMBAL_E_PLUGIN_FAILED', message: `ONNX Runtime failed to ${request.kind}: ${message}` };
  }
}

async function answer(request: NetworkRequest): Promise<NetworkAnswers[keyof NetworkAnswers]> {
  switch (request.kind) {
    case 'open':
      return open(request);
    case 'encode':
      return encode(request);
    case 'refine':
      return inChunks(request.pairs, (pairs) => refine({ ...request, pairs }), together);
    case 'regress':
      return inChunks(request.pairs, (pairs) => regress({ ...request, pairs }), BATCH);
    case 'forget':
      for (const key of request.keys) features?.forget(key);
      return undefined;
    case 'close':
      for (const session of sessions.values()) await session.release();
      sessions.clear();
      return undefined;
  }
}

async function open({ files, ...how }: OpenRequest): Promise<undefined> {
  together = how.cudaDevice === undefined ? 1 : BATCH;
  for (const [name, file] of Object.entries(files)) sessions.set(name, await loadSession(file, how));
  for (const [name, loaded] of sessions) if (name.startsWith('refine')) answers.set(name, outputTensors(loaded)());
  const encoder = sessions.get('encoder');
  if (encoder !== undefined) features = createFeatureStore(encoder);
}

/** One picture after the other: together they would take no less time on the CPU, and more memory. */
async function encode({ pictures }: EncodeRequest): Promise<undefined> {
  for (const { key, gray } of pictures) {
    (picture.data as Float32Array).set(gray);
    await session('encoder').run({ gray: picture }, store().claim(key));
  }
}

async function refine(request: RefineRequest): Promise<Refinement[]> {
  const course = createCourses(request);
  for (const [i, stride] of request.order.entries()) {
    const active = course.active(i);
    if (active.length === 0) continue;
    const { refined, inliers, spread } = await step(`refine${stride}`, active.length, {
      a: store().gather(
        active.map((k) => request.pairs[k].previous),
        stride,
      ),
      b: store().gather(
        active.map((k) => request.pairs[k].current),
        stride,
      ),
      corners: new Tensor('float32', joined(active.map((k) => course.corners(k))), [active.length, 4, 2]),
    });
    course.add(i, active, numbers(refined), numbers(spread), numbers(inliers));
  }
  return course.results();
}

async function step(name: string, pairs: number, feeds: InferenceSession.FeedsType) {
  const into = pairs === 1 ? answers.get(name) : undefined;
  return into === undefined ? session(name).run(feeds) : session(name).run(feeds, into);
}

async function regress({ pairs }: RegressRequest): Promise<Float32Array[]> {
  const dims = [pairs.length, 1, SIDE, SIDE];
  const first = new Tensor('float32', joined(pairs.map(({ previous }) => previous)), dims);
  const second = new Tensor('float32', joined(pairs.map(({ current }) => current)), dims);
  const corners = numbers((await session('regression').run({ first, second })).corners);
  return pairs.map((_, i) => corners.slice(8 * i, 8 * i + 8));
}

function session(name: string): InferenceSession {
  const found = sessions.get(name);
  if (found === undefined) throw new Error(`the network ${name} was not loaded`);
  return found;
}

function store(): FeatureStore {
  if (features === undefined) throw new Error('the encoder was not loaded');
  return features;
}

function numbers(value: unknown): Float32Array {
  if (value instanceof Tensor && value.data instanceof Float32Array) return value.data;
  throw new Error('a network gave something else than numbers of 32 bit');
}

/** One array after the other, in memory of its own. */
function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function inChunks<T, R>(
  items: readonly T[],
  work: (chunk: readonly T[]) => Promise<R[]>,
  most: number,
): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += most) results.push(...(await work(items.slice(at, at + most))));
  return results;
}
