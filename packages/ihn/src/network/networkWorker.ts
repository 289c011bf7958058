// The thread that inference runs on: ONNX Runtime's binding computes synchronously, and the event loop must not wait for it.
import { parentPort } from 'node:worker_threads';
import { GimbalError } from '@gimbal/core';
import type { InferenceSession } from 'onnxruntime-common';
import { refinePhotometric } from '../photometric/photometricRefinement.js';
import { createEncoder, type Encoder } from './encoder.js';
import { freeBuffers } from './freeBuffers.js';
import { loadSession } from './loadSession.js';
import type {
  EncodeRequest,
  Features,
  NetworkAnswers,
  NetworkRequest,
  Numbered,
  OpenRequest,
  Refinement,
  RefineRequest,
  RegressRequest,
  Reply,
} from './networkMessages.js';
import { onnxRuntime } from './onnxRuntime.js';
import { createRefinementStates } from './refinementStates.js';
import { joined, refinementStep } from './refinementStep.js';
import { numbers } from './tensors.js';

/** Most pairs in one run of a network on a GPU: more would only take memory. On a CPU a batch is no faster than single pairs. */
const BATCH = 8;
let batchSize = 1;
const SIDE = 128;

const port = parentPort;
if (port === null) throw new Error('networkWorker runs as a worker thread only.');
const sessions = new Map<string, InferenceSession>();
const steps = new Map<string, ReturnType<typeof refinementStep>>();
let encoder: Encoder | undefined;

// Requests are answered one after the other, in the order of their arrival.
let queue = Promise.resolve();
port.on('message', ({ id, request }: Numbered) => {
  queue = queue.then(async () => {
    const answered = await reply(id, request);
    port.postMessage(answered);
    freeBuffers(mapsOf(answered));
    if (request.kind === 'close') port.close();
  });
});

/** The inlier maps of an answer, the largest part. Freed at once after the message is copied: transferred, they would fragment this thread's heap for as long as the receiver keeps them. */
function mapsOf(answered: Reply): Float32Array[] {
  if (!('value' in answered) || !Array.isArray(answered.value)) return [];
  return answered.value.flatMap((part) => ('inliers' in part ? [part.inliers] : []));
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
      return inChunks(request.pairs, (pairs) => refine({ ...request, pairs }), batchSize);
    case 'regress':
      return inChunks(request.pairs, (pairs) => regress({ ...request, pairs }), BATCH);
    case 'photometric':
      return refinePhotometric(request.pair);
    case 'forget':
      for (const key of request.keys) encoder?.forget(key);
      return undefined;
    case 'close':
      for (const session of sessions.values()) await session.release();
      sessions.clear();
      return undefined;
  }
}

async function open({ files, ...how }: OpenRequest): Promise<undefined> {
  batchSize = how.cudaDevice === undefined ? 1 : BATCH;
  for (const [name, file] of Object.entries(files)) {
    const loaded = await loadSession(file, how);
    sessions.set(name, loaded);
    if (name === 'encoder') encoder = createEncoder(loaded);
    if (name.startsWith('refine')) steps.set(name, refinementStep(loaded));
  }
}

/** One picture after the other: on a CPU a batch takes as long and needs more memory. */
async function encode({ pictures }: EncodeRequest): Promise<Features[]> {
  for (const { key, gray } of pictures) await loadedEncoder().encode(key, gray);
  return pictures.map(({ key }) => ({ key }));
}

async function refine(request: RefineRequest): Promise<Refinement[]> {
  const states = createRefinementStates(request);
  const features = ({ key }: Features, stride: number) => loadedEncoder().features(key)[`f${stride}`];
  for (const [i, stride] of request.order.entries()) {
    const active = states.active(i);
    if (active.length === 0) continue;
    const step = steps.get(`refine${stride}`);
    if (step === undefined) throw new Error(`the network refine${stride} was not loaded`);
    const { refined, inliers, spread } = await step({
      a: active.map((k) => features(request.pairs[k].previous, stride)),
      b: active.map((k) => features(request.pairs[k].current, stride)),
      corners: active.map((k) => states.corners(k)),
    });
    states.add(i, active, refined, spread, inliers);
  }
  return states.results();
}

async function regress({ pairs }: RegressRequest): Promise<Float32Array[]> {
  const { Tensor } = onnxRuntime();
  const dims = [pairs.length, 1, SIDE, SIDE];
  const first = new Tensor('float32', joined(pairs.map(({ previous }) => previous)), dims);
  const second = new Tensor('float32', joined(pairs.map(({ current }) => current)), dims);
  const corners = numbers((await session('regression').run({ first, second })).corners);
  return pairs.map((_, i) => corners.slice(8 * i, 8 * i + 8));
}

function loadedEncoder(): Encoder {
  if (encoder === undefined) throw new Error('the encoder was not loaded');
  return encoder;
}

function session(name: string): InferenceSession {
  const found = sessions.get(name);
  if (found === undefined) throw new Error(`the network ${name} was not loaded`);
  return found;
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
