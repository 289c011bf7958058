import { GimbalError, throwIfAborted } from '@gimbal/core';
import { deviceErrorOf } from '@gimbal/core/device';
import { addonInfo, loadAddon, type TensorInfo } from './addon.js';
import { chooseDevice } from './chooseDevice.js';
import { feedOf } from './feedOf.js';
import type { NetworkInput, NetworkOptions, Precision } from './networkOptions.js';

/** One run. */
export interface RunRequest {
  /** Programs of the plan, one after another. Default: the only one. */
  readonly programs?: readonly string[];
  /** By name. What is left out keeps what the last run of these programs gave it. */
  readonly inputs: Readonly<Record<string, NetworkInput>>;
  /** Items in this run, default 1. */
  readonly count?: number;
  /** Items that memory is laid out for, at least `count`; each number has a graph of its own. Default: the next power of two. */
  readonly batch?: number;
  /** Names of the outputs that are wanted. Default: all of kind `output`. */
  readonly outputs?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** A network in memory. Runs are worked on in the order in which they are asked for; several networks run beside each other. */
export interface Network {
  /** `cpu` or `cuda:N`. */
  readonly device: string;
  readonly precision: Precision;
  readonly tensors: readonly TensorInfo[];
  readonly programs: readonly string[];
  /**
   * Runs programs and gives the outputs, `count` items each, channels innermost.
   * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for names or sizes that do not fit, `GIMBAL_E_DEVICE_MEMORY` with the sizes when the device is
   * full, `GIMBAL_E_DEVICE_LOST`, `GIMBAL_E_CUDA`, `GIMBAL_E_CANCELLED`.
   */
  run(request: RunRequest): Promise<Readonly<Record<string, Float32Array>>>;
  /** Bytes that weights and tensors take so far. */
  memory(): number;
  /** Gives all memory back once what runs has ended. */
  dispose(): Promise<void>;
}

const PRECISIONS: readonly Precision[] = ['float32', 'tf32', 'fp16', 'bf16'];
const MOST_ITEMS = 4096;

/**
 * Loads a network.
 * @param plan What is computed, the text of a `.plan.json`.
 * @param weights The bytes of its `.safetensors`.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a wrong option, `GIMBAL_E_WEIGHTS` for a plan or weights that do not make a network, naming the
 * tensor or operation, `GIMBAL_E_DEVICE_UNAVAILABLE`, `GIMBAL_E_DEVICE_MEMORY`, `GIMBAL_E_ADDON`.
 */
export async function loadNetwork(plan: string, weights: Uint8Array, options: NetworkOptions = {}): Promise<Network> {
  const { slots = 1, threads = 1, graphs = true } = options;
  checkWhole('slots', slots, 65_536);
  checkWhole('threads', threads, 64);
  checkChoices(options);
  const addon = loadAddon();
  const { ordinal, precision } = chooseDevice(options, addonInfo().cudaReport);
  const known = PRECISIONS.indexOf(precision);
  const loaded = await addon
    .load(plan, weights, ordinal, known, slots, threads, graphs)
    .catch((cause: unknown) => fail(cause, 'GIMBAL_E_WEIGHTS'));
  const { network, tensors, programs } = loaded;
  let disposed = false;
  let last: Promise<unknown> = Promise.resolve();

  async function run(request: RunRequest): Promise<Record<string, Float32Array>> {
    const { inputs, count = 1, signal } = request;
    throwIfAborted(signal);
    if (disposed) throw invalid('This network was disposed of; load it again.');
    checkWhole('count', count, MOST_ITEMS);
    const batch = request.batch ?? 2 ** Math.ceil(Math.log2(count));
    checkWhole('batch', batch, MOST_ITEMS);
    if (batch < count) throw invalid(`A batch of ${batch} does not hold ${count} items.`);
    const chosen = request.programs ?? (programs.length === 1 ? programs : []);
    if (chosen.length === 0) throw invalid(`The plan has the programs ${programs.join(', ')}: say which to run.`);
    const unknown = chosen.find((name) => !programs.includes(name));
    if (unknown !== undefined) throw invalid(`The plan has no program "${unknown}"; it has ${programs.join(', ')}.`);
    const feeds = Object.entries(inputs).map(([name, input]) =>
      feedOf(tensorOf(name, ['input', 'index', 'state']), input, { count, slots, ordinal }),
    );
    const wanted = request.outputs ?? tensors.filter(({ kind }) => kind === 'output').map(({ name }) => name);
    const fetches = wanted.map((name) => {
      const { shape } = tensorOf(name, ['output', 'state']);
      return [name, new Float32Array(count * shape.reduce((product, size) => product * size, 1))] as const;
    });
    await addon
      .run(network, chosen, batch, count, feeds, fetches)
      .catch((cause: unknown) => fail(cause, 'GIMBAL_E_INVALID_ARGUMENT'));
    throwIfAborted(signal);
    return Object.fromEntries(fetches);
  }

  function tensorOf(name: string, kinds: readonly TensorInfo['kind'][]): TensorInfo {
    const found = tensors.find((tensor) => tensor.name === name && kinds.includes(tensor.kind));
    if (found !== undefined) return found;
    const fitting = tensors.filter(({ kind }) => kinds.includes(kind)).map((tensor) => tensor.name);
    throw invalid(`The network has no ${kinds.join(' or ')} "${name}"; it has ${fitting.join(', ') || 'none'}.`);
  }

  return {
    device: ordinal < 0 ? 'cpu' : `cuda:${ordinal}`,
    precision,
    tensors,
    programs,
    run(request) {
      // One after another: a run writes where the one before it may still be read.
      const answer = last.then(() => run(request));
      last = answer.catch(() => undefined);
      return answer;
    },
    memory: () => (disposed ? 0 : addon.memory(network)),
    async dispose() {
      if (disposed) return;
      disposed = true;
      await last;
      await addon.release(network);
    },
  };
}

function checkChoices({ device, precision }: NetworkOptions): void {
  if (device !== undefined && !/^(auto|cpu|cuda(:\d+)?)$/.test(device)) {
    throw invalid(`Option device of a network must be "auto", "cpu", "cuda" or "cuda:N", received "${device}".`);
  }
  if (precision !== undefined && !PRECISIONS.includes(precision)) {
    throw invalid(`Option precision of a network must be one of ${PRECISIONS.join(', ')}, received "${precision}".`);
  }
}

function checkWhole(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw invalid(`${name} of a network must be a whole number from 1 to ${most}, received ${value}.`);
}

/** What the addon refuses: of a device, or of what `code` says. */
function fail(cause: unknown, code: 'GIMBAL_E_WEIGHTS' | 'GIMBAL_E_INVALID_ARGUMENT'): never {
  const message = cause instanceof Error ? cause.message : String(cause);
  throw deviceErrorOf(cause) ?? new GimbalError(code, message, { cause });
}

function invalid(message: string): GimbalError {
  return new GimbalError('GIMBAL_E_INVALID_ARGUMENT', message);
}
