import { findOnnxRuntime, hasCudaProvider } from './onnxRuntime.js';

/** Why there is no ONNX Runtime to load; undefined where there is one. */
export function runtimeProblem(): string | undefined {
  try {
    findOnnxRuntime();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Why ONNX Runtime cannot use CUDA here; undefined when the files that it needs are there (the driver is asked when it is used). */
export function cudaProblem(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `the package onnxruntime-node has a CUDA provider for linux-x64 only, this is ${process.platform}-${process.arch}`;
  }
  const problem = runtimeProblem();
  if (problem !== undefined) return problem;
  if (hasCudaProvider(findOnnxRuntime())) return undefined;
  return (
    'ONNX Runtime came without its CUDA 12 provider, which is too large for npm: install the package onnxruntime-node, and where its ' +
    'install script did not fetch the provider, run "node script/install --onnxruntime-node-install=cuda12" in its folder'
  );
}
