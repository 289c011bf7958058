// The thread that inference runs on: ONNX Runtime's binding computes synchronously, and the event loop must not wait for it.
import { GimbalError } from '@gimbal/core';
import { type Handler, serve } from '@gimbal/worker';
import type { InferenceSession } from 'onnxruntime-common';
import { refinePhotometric } from '../photometric/photometricRefinement.js';
import { createEncoder, type Encoder } from './encoder.js';
import { freeBuffers } from './freeBuffers.js';
import { loadSession } from './loadSession.js';
import type {
  EncodeRequest,
  Features,
  ForgetRequest,
  NetworkAnswers,
  NetworkRequest,
  OpenRequest,
  PhotometricRequest,
  Refinement,
  RefineRequest,
} from './networkMessages.js';
import { createRefinementStates } from './refinementStates.js';
import { refinementStep } from './refinementStep.js';

/** Most pairs in one run of a network on a GPU: more would only take memory. On a CPU a batch is no faster than single pairs. */
const BATCH = 8;
let batchSize = 1;

const sessions = new Map<string, InferenceSession>();
const steps = new Map<string, ReturnType<typeof refinementStep>>();
let encoder: Encoder | undefined;

type Answers = { [Kind in NetworkRequest['kind']]: (request: never) => Promise<NetworkAnswers[Kind]> };

const answers: Answers = {
  open,
  encode,
  refine: (request: RefineRequest) => inChunks(request.pairs, (pairs) => refine({ ...request, pairs }), batchSize),
  photometric: async ({ pair }: PhotometricRequest) => refinePhotometric(pair),
  async forget({ keys }: ForgetRequest) {
    for (const key of keys) encoder?.forget(key);
    return undefined;
  },
};

serve(Object.fromEntries(Object.entries(answers).map(([kind, answer]) => [kind, explained(kind, answer)])), {
  serial: true,
  // The inlier maps are the largest part of an answer. Freed at once after the message is copied: transferred, they would fragment this
  // thread's heap for as long as the receiver keeps them.
  onSent: (value) => freeBuffers(mapsOf(value)),
  async onEnd() {
    for (const session of sessions.values()) await session.release();
  },
});

function mapsOf(answer: unknown): Float32Array[] {
  if (!Array.isArray(answer)) return [];
  return answer.flatMap((part) => ('inliers' in part ? [part.inliers] : []));
}

/** What fails in ONNX Runtime is named as such. */
function explained(kind: string, answer: (request: never) => Promise<unknown>): Handler {
  return async (request) => {
    try {
      return await answer(request);
    } catch (error) {
      if (GimbalError.isInstance(error)) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw new GimbalError('GIMBAL_E_PLUGIN_FAILED', `ONNX Runtime failed to ${kind}: ${message}`, { cause: error });
    }
  };
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

function loadedEncoder(): Encoder {
  if (encoder === undefined) throw new Error('the encoder was not loaded');
  return encoder;
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
