// The thread that inference runs on: onnxruntime-node computes synchronously, and the event loop must not wait for it.
import { parentPort } from 'node:worker_threads';
import { GimbalError } from '@gimbal/core';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
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

/** Most pairs or pictures in one run of a network: more would only take memory. */
const BATCH = 8;
const SIDE = 128;

const port = parentPort;
if (port === null) throw new Error('networkWorker runs as a worker thread only.');
const sessions = new Map<string, InferenceSession>();
/** By key, then by the encoder's output: features of one picture with their channels, rows and columns. */
const features = new Map<number, Map<string, { readonly data: Float32Array; readonly dims: readonly number[] }>>();

// One request after the other, in the order in which they came.
let queue = Promise.resolve();
port.on('message', ({ id, request }: Numbered) => {
  queue = queue.then(async () => {
    port.postMessage(await reply(id, request));
    if (request.kind === 'close') port.close();
  });
});

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
      return inChunks(request.pairs, (pairs) => refine({ ...request, pairs }));
    case 'regress':
      return inChunks(request.pairs, (pairs) => regress({ ...request, pairs }));
    case 'forget':
      for (const key of request.keys) features.delete(key);
      return undefined;
    case 'close':
      features.clear();
      for (const session of sessions.values()) await session.release();
      return undefined;
  }
}

async function open({ files, ...how }: OpenRequest): Promise<undefined> {
  for (const [name, file] of Object.entries(files)) sessions.set(name, await loadSession(file, how));
}

async function encode({ pictures }: EncodeRequest): Promise<undefined> {
  await inChunks(pictures, async (chunk) => {
    const outputs = await run('encoder', { gray: grayTensor(chunk.map(({ gray }) => gray)) });
    for (const [i, { key }] of chunk.entries()) {
      const kept = Object.entries(outputs).map(([name, { data, dims }]) => {
        const own =
          chunk.length === 1 ? data : data.slice((i * data.length) / dims[0], ((i + 1) * data.length) / dims[0]);
        return [name, { data: own, dims: dims.slice(1) }] as const;
      });
      features.set(key, new Map(kept));
    }
    return [];
  });
}

async function refine({ pairs, order }: RefineRequest): Promise<Refinement[]> {
  let corners = new Tensor('float32', joined(pairs.map(({ start }) => start)), [pairs.length, 4, 2]);
  const inputs = new Map<number, { a: Tensor; b: Tensor }>();
  const steps: Float32Array[] = [];
  let last: Outputs | undefined;
  for (const stride of order) {
    const kept = inputs.get(stride) ?? {
      a: featureTensor(
        pairs.map(({ previous }) => previous),
        stride,
      ),
      b: featureTensor(
        pairs.map(({ current }) => current),
        stride,
      ),
    };
    inputs.set(stride, kept);
    last = await run(`refine${stride}`, { ...kept, corners });
    steps.push(last.refined.data);
    corners = new Tensor('float32', last.refined.data, [pairs.length, 4, 2]);
  }
  if (last === undefined) throw new Error('no step was asked for');
  const { inliers, spread } = last;
  const cells = inliers.dims[1];
  return pairs.map((_, i) => ({
    corners: steps.map((step) => step.slice(8 * i, 8 * i + 8)),
    inliers: inliers.data.slice(i * cells * cells, (i + 1) * cells * cells),
    cells,
    spread: spread.data[i],
  }));
}

async function regress({ pairs }: RegressRequest): Promise<Float32Array[]> {
  const first = grayTensor(pairs.map(({ previous }) => previous));
  const second = grayTensor(pairs.map(({ current }) => current));
  const { corners } = await run('regression', { first, second });
  return pairs.map((_, i) => corners.data.slice(8 * i, 8 * i + 8));
}

type Outputs = Readonly<Record<string, { readonly data: Float32Array; readonly dims: readonly number[] }>>;

async function run(name: string, feeds: Record<string, Tensor>): Promise<Outputs> {
  const session = sessions.get(name);
  if (session === undefined) throw new Error(`the network ${name} was not loaded`);
  return (await session.run(feeds)) as unknown as Outputs;
}

function grayTensor(pictures: readonly Float32Array[]): Tensor {
  return new Tensor('float32', joined(pictures), [pictures.length, 1, SIDE, SIDE]);
}

function featureTensor(keys: readonly number[], stride: number): Tensor {
  const parts = keys.map((key) => {
    const part = features.get(key)?.get(`f${stride}`);
    if (part === undefined) throw new Error(`the features of picture ${key} at stride ${stride} are not there`);
    return part;
  });
  return new Tensor('float32', joined(parts.map(({ data }) => data)), [keys.length, ...parts[0].dims]);
}

/** One array after the other; a single one as it is. */
function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0];
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function inChunks<T, R>(items: readonly T[], work: (chunk: readonly T[]) => Promise<R[]>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += BATCH) results.push(...(await work(items.slice(at, at + BATCH))));
  return results;
}
