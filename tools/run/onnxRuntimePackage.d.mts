export const ONNX_RUNTIME: { readonly name: string; readonly version: string; readonly integrity: string };
export const ONNX_RUNTIME_SYSTEMS: readonly string[];
export function makeOnnxRuntimePackages(
  systems: readonly string[],
  folderOf: (system: string) => string,
): Promise<void>;
