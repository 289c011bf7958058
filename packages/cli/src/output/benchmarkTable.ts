import {
  type BenchmarkResults,
  caveats,
  coverage,
  measureTable,
  type ReportTable,
  type RunProgress,
  shown,
  verdict,
  winsTable,
} from '@gimbal/pipeline/benchmark';
import pc from 'picocolors';
import { textTable } from './textTable.js';

/** One line for a run that has ended. */
export function runLine({ done, total, result, kept }: RunProgress): string {
  const head = `${String(done).padStart(String(total).length)}/${total}  ${result.file}  ${pc.cyan(result.estimator)}`;
  if (result.status === 'failed')
    return `${head}  ${pc.red('failed:')} ${result.error.message} (${result.error.code})\n`;
  const { figures, flags } = result;
  const { jitterIn, jitterOut, cropping, wallSeconds } = figures;
  const parts = [
    `jitter ${shown(jitterIn, 3)} → ${shown(jitterOut, 3)}`,
    `cropping ${shown(cropping, 3)}`,
    kept ? 'kept from before' : `${wallSeconds.toFixed(1)} s`,
    ...(flags.length > 0 ? [pc.yellow(flags.join(', '))] : []),
  ];
  return `${head}  ${parts.join(', ')}\n`;
}

/** The outcome for a person: over all clips, what failed, what to know, where the rest is. */
export function benchmarkTable(results: BenchmarkResults, files: readonly string[]): string {
  const { headToHead, estimators, failures } = results;
  const labels = estimators.map(({ label }) => label);
  const sections = [
    `${verdict(results)}\n`,
    `${coverage(headToHead.overall)}\n`,
    headToHead.overall.clips > 0 ? asText(measureTable(headToHead.overall, labels)) : '',
    headToHead.overall.clips > 0 && labels.length > 1 ? asText(winsTable(headToHead.overall, labels)) : '',
    failures
      .map(({ file, estimator, error }) => `  failed: ${file}, ${estimator}: ${error.message} (${error.code})\n`)
      .join(''),
    caveats(results)
      .map((sentence) => `  ${sentence}\n`)
      .join(''),
    files.map((file) => `  ${file}\n`).join(''),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

function asText({ head, rows }: ReportTable): string {
  return textTable([head, ...rows], `l${'r'.repeat(head.length - 1)}`);
}
