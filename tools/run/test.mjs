// `npm test`: build, lint, types, tests (with guards, packing and coverage). Stops at the first stage that fails, with its exit
// code. The last line is `N passed, N failed, N skipped`. Arguments are filters for vitest and leave coverage out.
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { inColour, root, runTool } from './stage.mjs';

const filters = process.argv.slice(2);
const report = path.join(root, 'coverage/tests.json');
rmSync(report, { force: true });

const stages = [
  ['build', 'nx', ['run-many', '-t', 'build', '--output-style=static'], { quiet: true }],
  ['lint', 'biome', ['ci', `--colors=${inColour ? 'force' : 'off'}`, '.'], { quiet: true }],
  ['types', 'tsc', ['--noEmit', '-p', 'tsconfig.json']],
  [
    'tests',
    'vitest',
    [
      'run',
      ...filters,
      ...(filters.length ? [] : ['--coverage']),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { env: { VITE_CONFIG_NATIVE_IGNORE_WARNING: 'true' } },
  ],
];

let failure;
for (const [name, tool, args, options] of stages) {
  const start = performance.now();
  const code = await runTool(tool, args, options);
  console.log(
    `${name}: ${code === 0 ? 'ok' : `failed with exit code ${code}`} (${((performance.now() - start) / 1000).toFixed(1)} s)`,
  );
  if (code !== 0) {
    failure = { name, code };
    break;
  }
}

const { passed, failed, skipped } = counts();
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failure?.code ?? 0;

/** From vitest's report; a file that could not even be loaded is one failure. A stage before the tests counts as one. */
function counts() {
  let results;
  try {
    results = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const unloadable = results.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + unloadable.length,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}
