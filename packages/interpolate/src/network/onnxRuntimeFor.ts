import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { GimbalError } from '@gimbal/core';
import type * as common from 'onnxruntime-common';

/** What is used of ONNX Runtime. */
export type OnnxRuntime = typeof common;

/** The package that brings ONNX Runtime along, and finds it. */
const PACKAGE = '@gimbal/ihn';

/**
 * ONNX Runtime, which comes with @gimbal/ihn: the one installed beside this package, otherwise the one in the working directory or above it.
 * @throws GimbalError `GIMBAL_E_ADDON` with the command that brings it.
 */
export async function onnxRuntimeFor(): Promise<OnnxRuntime> {
  const entry = entryOf();
  if (entry === undefined) {
    throw new GimbalError(
      'GIMBAL_E_ADDON',
      `it runs on ONNX Runtime, which comes with ${PACKAGE}, and that is not installed ("npm install ${PACKAGE}")`,
    );
  }
  const { onnxRuntime } = (await import(pathToFileURL(entry).href)) as { onnxRuntime?: () => OnnxRuntime };
  if (onnxRuntime !== undefined) return onnxRuntime();
  throw new GimbalError(
    'GIMBAL_E_ADDON',
    `the ${PACKAGE} in ${path.dirname(entry)} is too old to lend its ONNX Runtime`,
  );
}

function entryOf(): string | undefined {
  for (const start of [import.meta.url, path.join(process.cwd(), 'package.json')]) {
    try {
      const folder = path.dirname(createRequire(start).resolve(`${PACKAGE}/package.json`));
      const entry = path.join(folder, 'dist/index.js');
      if (existsSync(entry)) return entry;
    } catch {
      // Not there.
    }
  }
  return undefined;
}
