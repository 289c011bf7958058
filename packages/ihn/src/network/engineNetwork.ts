import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { GimbalError } from '@gimbal/core';
import { addonInfo, loadNetwork, type Network as NeuralNetwork } from '@gimbal/nn';
import { GRID } from '../grid/gridPicture.js';
import type { Provider } from '../ihnOptions.js';
import type {
  EncodeRequest,
  Features,
  NetworkAnswers,
  NetworkRequest,
  Refinement,
  RefineRequest,
} from './networkMessages.js';
import { type Network, startWorker } from './openNetwork.js';
import { createRefinementStates } from './refinementStates.js';
import { chosenFiles, REPAIR, type WeightFile, type Weights } from './weightFiles.js';

const PLAN = 'ihn.plan.json';
const WEIGHTS = 'ihn.safetensors';

/** Pictures or pairs in one run; the engine has a graph for each power of two up to it. */
const MOST_ITEMS = 128;
/** Frames whose features fit on the device: half a megabyte each. */
const SLOTS = 320;
/** Steps that the record of a pair has room for, and the numbers of a step: eight of the corners, and the expected error. */
const RECORD_STEPS = 32;
const RECORD_NUMBERS = 9;
/** The state of a pair, as the engine keeps it: eight of the corners, then (at these places) whether and when steps may be skipped. */
const STATE_NUMBERS = 16;
const EARLY_STOP = 11;
const TOLERANCE = 12;

/** Why the networks cannot run on a CUDA device here; undefined when one can be tried. */
export function engineProblem(weights?: Weights): string | undefined {
  try {
    const { cudaReport } = addonInfo();
    if (cudaReport.unavailable !== '') return cudaReport.unavailable;
  } catch (error) {
    return (error as Error).message;
  }
  const missing = weights && [PLAN, WEIGHTS].find((name) => weights.files[name] === undefined);
  return missing === undefined
    ? undefined
    : `the weights come without ${missing}, which the engine for CUDA devices reads`;
}

/**
 * The iterative network on a CUDA device, run by @gimbal/nn: features stay on the device by frame, and all steps of all pairs of a
 * request are one graph. With `cpu` the engine's slow reference path, for tests.
 * @throws GimbalError `GIMBAL_E_DEVICE_UNAVAILABLE`, `GIMBAL_E_DEVICE_MEMORY`, `GIMBAL_E_WEIGHTS`.
 */
export async function openEngineNetwork(weights: Weights, provider: Provider): Promise<Network> {
  const files = chosenFiles(weights, [PLAN, WEIGHTS]);
  const [plan, numbers] = await Promise.all([checked(files[PLAN]), checked(files[WEIGHTS])]);
  const device = provider === 'auto' ? 'cuda' : provider;
  const engine = await loadNetwork(plan.toString('utf8'), numbers, { device, slots: SLOTS });
  // What needs no network still runs off the event loop.
  const worker = startWorker('cpu');
  const slots = createSlots();
  return {
    provider: engine.device === 'cpu' ? 'cpu' : 'cuda',
    async ask<Request extends NetworkRequest>(request: Request) {
      const answer = async (): Promise<NetworkAnswers[NetworkRequest['kind']]> => {
        switch (request.kind) {
          case 'encode':
            return encode(engine, slots, request);
          case 'refine':
            return refine(engine, slots, request);
          case 'forget':
            for (const key of request.keys) slots.free(key);
            return undefined;
          default:
            return worker.ask(request);
        }
      };
      return (await answer()) as NetworkAnswers[Request['kind']];
    },
    async close() {
      await Promise.all([worker.close(), engine.dispose()]);
    },
  };
}

async function checked({ path, sha256 }: WeightFile): Promise<Buffer> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new GimbalError('GIMBAL_E_WEIGHTS', `The network ${path} is missing or cannot be read. ${REPAIR}`, { cause });
  });
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found === sha256) return bytes;
  throw new GimbalError(
    'GIMBAL_E_WEIGHTS',
    `The network ${path} is damaged: its SHA-256 should be ${sha256} but is ${found}. ${REPAIR}`,
  );
}

interface Slots {
  /** The slot of a frame's features; one that has none gets a free one. */
  of(key: number): number;
  free(key: number): void;
}

function createSlots(): Slots {
  const free = Array.from({ length: SLOTS }, (_, i) => SLOTS - 1 - i);
  const taken = new Map<number, number>();
  return {
    of(key) {
      const slot = taken.get(key) ?? free.pop();
      if (slot === undefined) {
        throw new GimbalError(
          'GIMBAL_E_INVALID_ARGUMENT',
          `The learned estimator keeps the features of at most ${SLOTS} frames on a CUDA device at once: ask for fewer pairs at a time.`,
        );
      }
      taken.set(key, slot);
      return slot;
    },
    free(key) {
      const slot = taken.get(key);
      if (slot !== undefined) free.push(slot);
      taken.delete(key);
    },
  };
}

async function encode(engine: NeuralNetwork, slots: Slots, { pictures }: EncodeRequest): Promise<Features[]> {
  for (let at = 0; at < pictures.length; at += MOST_ITEMS) {
    const some = pictures.slice(at, at + MOST_ITEMS);
    const gray = new Float32Array(some.length * GRID * GRID);
    for (const [i, picture] of some.entries()) gray.set(picture.gray, i * GRID * GRID);
    const slot = Int32Array.from(some, ({ key }) => slots.of(key));
    await engine.run({ programs: ['encode'], inputs: { gray, slot }, count: some.length, outputs: [] });
  }
  return pictures.map(({ key }) => ({ key }));
}

async function refine(engine: NeuralNetwork, slots: Slots, request: RefineRequest): Promise<Refinement[]> {
  const { pairs, order, earlyStop, tolerance = 0 } = request;
  if (order.length > RECORD_STEPS) throw new Error(`more than ${RECORD_STEPS} steps were asked for`);
  const programs = order.flatMap((stride, i) =>
    order[i - 1] === stride ? [`step${stride}`] : [`prepare${stride}`, `step${stride}`],
  );
  const maps = [...new Set(order)].map((stride) => `inliers${stride}`);
  const answers: Refinement[] = [];
  for (let at = 0; at < pairs.length; at += MOST_ITEMS) {
    const some = pairs.slice(at, at + MOST_ITEMS);
    const state = new Float32Array(some.length * STATE_NUMBERS);
    for (const [i, { start }] of some.entries()) {
      state.set(start, i * STATE_NUMBERS);
      state[i * STATE_NUMBERS + EARLY_STOP] = earlyStop ? 1 : 0;
      state[i * STATE_NUMBERS + TOLERANCE] = tolerance;
    }
    const previous = Int32Array.from(some, (pair) => slots.of(pair.previous.key));
    const current = Int32Array.from(some, (pair) => slots.of(pair.current.key));
    const inputs = { state, previous, current };
    const found = await engine.run({ programs, inputs, count: some.length, outputs: ['record', ...maps] });
    answers.push(...refinementsOf({ ...request, pairs: some }, found));
  }
  return answers;
}

/** What the engine recorded, step by step, as the CPU's steps would have left it. */
function refinementsOf(
  request: RefineRequest,
  { record, ...maps }: Readonly<Record<string, Float32Array>>,
): Refinement[] {
  const states = createRefinementStates(request);
  for (const [step, stride] of request.order.entries()) {
    const inliers = maps[`inliers${stride}`];
    const cells = inliers.length / request.pairs.length;
    for (const pair of states.active(step)) {
      const at = (pair * RECORD_STEPS + step) * RECORD_NUMBERS;
      const [corners, error] = [record.subarray(at, at + 8), record.subarray(at + 8, at + 9)];
      states.add(step, [pair], corners, error, inliers.subarray(pair * cells, (pair + 1) * cells));
    }
  }
  return states.results();
}
