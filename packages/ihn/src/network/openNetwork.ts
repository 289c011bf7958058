import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { GimbalError } from '@gimbal/core';
import { addonInfo } from '@gimbal/native';
import type { NetworkSettings } from '../ihnOptions.js';
import { packageFolder } from '../packageFolder.js';
import type { NetworkAnswers, NetworkRequest, Reply } from './networkMessages.js';
import { cudaProblem } from './onnxProblem.js';
import { chosenFiles, type Weights } from './weightFiles.js';

/** Loaded networks on a thread of their own. */
export interface Network {
  /** What runs them. */
  readonly provider: 'cpu' | 'cuda';
  /** Requests are worked on in the order in which they are made. @throws GimbalError. */
  ask<Request extends NetworkRequest>(request: Request): Promise<NetworkAnswers[Request['kind']]>;
  /** Releases the networks once the requests made so far are answered. */
  close(): Promise<void>;
}

/** Built beside the bundle; found from the sources and from the bundle alike. */
const WORKER = path.join(packageFolder, 'dist/networkWorker.js');

/**
 * Loads networks by name. `auto` takes CUDA where it works and the CPU otherwise.
 * @throws GimbalError `GIMBAL_E_WEIGHTS`, `GIMBAL_E_DEVICE_UNAVAILABLE` for an explicit `cuda` that is not there, `GIMBAL_E_ADDON` when
 * ONNX Runtime or the addon of @gimbal/native does not load on this machine.
 */
export async function openNetwork(
  weights: Weights,
  names: readonly string[],
  { provider, threads }: Pick<NetworkSettings, 'provider' | 'threads'>,
): Promise<Network> {
  // What shrinks the frames must be there too: better said now than at the first frame.
  addonInfo();
  const files = chosenFiles(weights, names);
  const missing = provider === 'cpu' ? undefined : cudaProblem();
  if (provider.startsWith('cuda') && missing !== undefined) {
    throw new GimbalError(
      'GIMBAL_E_DEVICE_UNAVAILABLE',
      `The learned estimator was asked for provider "${provider}", but ${missing}. Use provider "cpu" or "auto".`,
    );
  }
  if (provider !== 'cpu' && missing === undefined) {
    const network = startWorker('cuda');
    try {
      await network.ask({ kind: 'open', files, threads, cudaDevice: Number(provider.split(':')[1] ?? 0) });
      return network;
    } catch (error) {
      await network.close();
      if (provider !== 'auto' || !GimbalError.isInstance(error) || error.code !== 'GIMBAL_E_DEVICE_UNAVAILABLE')
        throw error;
    }
  }
  const network = startWorker('cpu');
  try {
    await network.ask({ kind: 'open', files, threads });
    return network;
  } catch (error) {
    await network.close();
    throw error;
  }
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: GimbalError): void;
}

/** The inference thread, with nothing loaded yet. */
export function startWorker(provider: Network['provider']): Network {
  if (!existsSync(WORKER)) {
    throw new GimbalError(
      'GIMBAL_E_ADDON',
      `The learned estimator's inference thread was expected at ${WORKER} but is not there. Build it with "npm run build -w @gimbal/ihn".`,
    );
  }
  // It makes little garbage of its own: a small nursery costs no time and saves 15 MB.
  // Flags of Node that are meant for a program given as text (--input-type) would keep it from starting.
  const worker = new Worker(WORKER, { resourceLimits: { maxYoungGenerationSizeMb: 2 }, execArgv: [] });
  const pending = new Map<number, Pending>();
  let next = 0;
  let over: GimbalError | undefined;
  const end = (error: GimbalError): void => {
    over ??= error;
    for (const { reject } of pending.values()) reject(over);
    pending.clear();
  };
  // Only work in progress keeps the process alive.
  worker.unref();
  worker.on('message', (reply: Reply) => {
    const waiting = pending.get(reply.id);
    pending.delete(reply.id);
    if (pending.size === 0) worker.unref();
    if ('code' in reply) waiting?.reject(new GimbalError(reply.code, reply.message));
    else waiting?.resolve(reply.value);
  });
  worker.on('error', (cause) => {
    const message = `The thread that runs ONNX Runtime ended on ${process.platform}-${process.arch}: ${cause.message}`;
    end(new GimbalError('GIMBAL_E_ADDON', message, { cause }));
  });
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      end(new GimbalError('GIMBAL_E_INVALID_ARGUMENT', 'The learned estimator was disposed of; create a new one.'));
      resolve();
    });
  });
  const ask: Network['ask'] = (request) =>
    new Promise((resolve, reject) => {
      if (over) return reject(over);
      const id = next++;
      pending.set(id, { resolve: resolve as Pending['resolve'], reject });
      worker.ref();
      worker.postMessage({ id, request });
    });
  return {
    provider,
    ask,
    async close() {
      if (over === undefined) await ask({ kind: 'close' }).catch(() => undefined);
      worker.ref();
      await ended;
    },
  };
}
