import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { findOnnxRuntime, hasCudaProvider } from './onnxRuntime.js';

const folder = mkdtempSync(path.join(tmpdir(), 'gimbal-onnx-'));
const here = `${process.platform}/${process.arch}`;
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

function onnxRuntimeIn(name: string, files: readonly string[]): string {
  for (const file of files) {
    mkdirSync(path.dirname(path.join(folder, name, file)), { recursive: true });
    writeFileSync(path.join(folder, name, file), '');
  }
  return path.join(folder, name);
}

describe('GIMBAL_ONNXRUNTIME_PATH', () => {
  it("takes a package of ours and one of Microsoft's", () => {
    const ours = onnxRuntimeIn('ours', ['index.cjs']);
    vi.stubEnv('GIMBAL_ONNXRUNTIME_PATH', ours);
    expect(findOnnxRuntime()).toMatchObject({ entry: path.join(ours, 'index.cjs'), libraries: ours });
    const theirs = onnxRuntimeIn('theirs', ['dist/index.js']);
    vi.stubEnv('GIMBAL_ONNXRUNTIME_PATH', theirs);
    expect(findOnnxRuntime()).toMatchObject({ libraries: path.join(theirs, 'bin/napi-v6', here) });
  });

  it('is refused where there is none', () => {
    vi.stubEnv('GIMBAL_ONNXRUNTIME_PATH', path.join(folder, 'nowhere'));
    expect(() => findOnnxRuntime()).toThrow(
      expect.objectContaining({ code: 'GIMBAL_E_ADDON', message: expect.stringContaining('nowhere') }),
    );
  });
});

it('a CUDA provider is seen by both of its files', () => {
  const files = ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'];
  const theirs = onnxRuntimeIn('cuda', ['dist/index.js', `bin/napi-v6/${here}/${files[0]}`]);
  vi.stubEnv('GIMBAL_ONNXRUNTIME_PATH', theirs);
  expect(hasCudaProvider(findOnnxRuntime())).toBe(false);
  cpSync(path.join(theirs, 'dist/index.js'), path.join(theirs, 'bin/napi-v6', here, files[1]));
  expect(hasCudaProvider(findOnnxRuntime())).toBe(true);
});
