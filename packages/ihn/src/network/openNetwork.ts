import path from 'node:path';
import { GimbalError } from '@gimbal/core';
import { addonInfo } from '@gimbal/native';
import { startWorker as startThread } from '@gimbal/worker';
import type { NetworkSettings } from '../ihnOptions.js';
import { packageFolder } from '../packageFolder.js';
import type { NetworkAnswers, NetworkRequest } from './networkMessages.js';
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

/** The inference thread, with nothing loaded yet. */
export function startWorker(provider: Network['provider']): Network {
  const worker = startThread(WORKER, {
    purpose: 'runs ONNX Runtime',
    builtBy: '@gimbal/ihn',
    // It makes little garbage of its own: a small nursery costs no time and saves 15 MB.
    resourceLimits: { maxYoungGenerationSizeMb: 2 },
    lost(cause) {
      if (cause === undefined) {
        return new GimbalError('GIMBAL_E_INVALID_ARGUMENT', 'The learned estimator was disposed of; create a new one.');
      }
      const message = `The thread that runs ONNX Runtime ended on ${process.platform}-${process.arch}: ${cause.message}`;
      return new GimbalError('GIMBAL_E_ADDON', message, { cause });
    },
  });
  return {
    provider,
    ask: (request) => worker.call(request.kind, request),
    close: () => worker.end(),
  };
}
