// Brings ONNX Runtime for this system into packages/ihn/build/Release/onnxruntime, where the learned estimator finds it in a checkout.
import path from 'node:path';
import { makeOnnxRuntimePackages, ONNX_RUNTIME, ONNX_RUNTIME_SYSTEMS } from './onnxRuntimePackage.mjs';
import { root } from './stage.mjs';

const system = `${process.platform}-${process.arch}`;
if (ONNX_RUNTIME_SYSTEMS.includes(system)) {
  console.log(`ONNX Runtime ${ONNX_RUNTIME.version} for ${system} (about 110 MB from the npm registry, once) …`);
  await makeOnnxRuntimePackages([system], () => path.join(root, 'packages/ihn/build/Release/onnxruntime'));
} else {
  console.log(`There is no ONNX Runtime for ${system}: the learned estimator will not run here.`);
}
