import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { addonInfo } from '../src/index.js';

const run = promisify(execFile);
const packageFolder = path.resolve(import.meta.dirname, '..');

/** Where there is no device, the CUDA path is not compiled a second time: its tests could not run. */
const { unavailable } = addonInfo().cudaReport;
if (unavailable) console.log(`parity of the CUDA path: skipped, ${unavailable}`);

/** Builds and runs the C++ parity tests: every operation against its own oracle, on every instruction set of this machine. */
test('the plane operations agree with their oracles', { timeout: 600_000 }, async () => {
  const build = path.join(packageFolder, 'build/parity');
  await run('cmake', [
    '-S',
    path.join(packageFolder, 'native'),
    '-B',
    build,
    '-DCMAKE_BUILD_TYPE=Release',
    '-DGIMBAL_TESTS=ON',
    `-DGIMBAL_CUDA=${unavailable ? 'OFF' : 'ON'}`,
  ]);
  const built = run('cmake', ['--build', build, '--config', 'Release', '--parallel', '2'], { maxBuffer: 1 << 26 });
  await built.catch((error: { stdout?: string }) => {
    throw new Error(`The parity tests do not compile:\n${error.stdout}`);
  });
  const ctest = await run('ctest', [
    '--test-dir',
    build,
    '-C',
    'Release',
    '--output-on-failure',
    '--no-tests=error',
  ]).catch((error: { stdout?: string }) => ({ stdout: `${error.stdout}` }));
  // CMake 4.4 no longer says that 0 tests failed.
  expect(ctest.stdout).toMatch(/100% tests passed(, 0 tests failed)? out of [1-9]/);
});
