import { GimbalError } from '@gimbal/core';
import type * as common from 'onnxruntime-common';

/** What is used of ONNX Runtime. */
export type OnnxRuntime = typeof common;

/**
 * ONNX Runtime, which comes with the package @gimbal/ihn.
 * @throws GimbalError `GIMBAL_E_ADDON` with the command that brings it.
 */
export async function onnxRuntimeFor(): Promise<OnnxRuntime> {
  let ihn: typeof import('@gimbal/ihn');
  try {
    ihn = await import('@gimbal/ihn');
  } catch (cause) {
    throw new GimbalError(
      'GIMBAL_E_ADDON',
      'The interpolator "lite" runs on ONNX Runtime, which comes with @gimbal/ihn, and that is not installed: "npm install @gimbal/ihn", or use the ' +
        'interpolator "camera", which needs no network.',
      { cause },
    );
  }
  return ihn.onnxRuntime();
}
