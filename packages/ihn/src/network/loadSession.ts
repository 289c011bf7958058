import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { GimbalError } from '@gimbal/core';
import type { InferenceSession } from 'onnxruntime-common';
import type { OpenRequest } from './networkMessages.js';
import { onnxRuntime } from './onnxRuntime.js';
import { REPAIR, type WeightFile } from './weightFiles.js';

/**
 * Loads a network once its bytes are known to be the right ones.
 * @throws GimbalError `GIMBAL_E_WEIGHTS` when the file is missing or damaged; `GIMBAL_E_DEVICE_UNAVAILABLE` when CUDA does not take it.
 */
export async function loadSession(
  { path: file, sha256 }: WeightFile,
  { threads, cudaDevice }: Pick<OpenRequest, 'threads' | 'cudaDevice'>,
): Promise<InferenceSession> {
  const runtime = onnxRuntime();
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new GimbalError('GIMBAL_E_WEIGHTS', `The network ${file} is missing or cannot be read. ${REPAIR}`, { cause });
  }
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) {
    throw new GimbalError(
      'GIMBAL_E_WEIGHTS',
      `The network ${file} is damaged: its SHA-256 should be ${sha256} but is ${found}. ${REPAIR}`,
    );
  }
  try {
    return await runtime.InferenceSession.create(bytes, {
      executionProviders: cudaDevice === undefined ? ['cpu'] : [{ name: 'cuda', deviceId: cudaDevice }, 'cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      // Each network would keep its largest intermediate results for itself; asking for them anew is no slower.
      enableCpuMemArena: false,
      // One block planned for all of them, of several megabytes, leaves holes in the heap that later ones do not fit: 20 MB more after 60 pairs.
      enableMemPattern: false,
      logSeverityLevel: 3,
      // Threads that spin between two small networks take the cores from decoder and renderer.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (cudaDevice !== undefined) {
      throw new GimbalError(
        'GIMBAL_E_DEVICE_UNAVAILABLE',
        `ONNX Runtime could not load ${path.basename(file)} on CUDA device ${cudaDevice}: ${reason}. Use provider "cpu" or "auto".`,
        { cause },
      );
    }
    throw new GimbalError('GIMBAL_E_WEIGHTS', `ONNX Runtime cannot load ${file}: ${reason}. ${REPAIR}`, { cause });
  }
}
