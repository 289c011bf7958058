import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { certifiedBound, createAssignment } from '@gimbal/assignment';
import { printTable } from './table.js';

interface Matrix {
  readonly kind: string;
  readonly rows: number;
  readonly columns: number;
  readonly costs: Int32Array;
}

/** Mulberry32 (Ettinger 2017). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

/** Square and rectangular, ties, duplicates, negative costs, one row: 240 matrices, the last 40 of points that cluster. */
function matrices(): Matrix[] {
  const random = randomFrom(12345);
  const kinds: readonly (readonly [string, (i: number, j: number) => number])[] = [
    ['uniform', () => Math.floor(random() * 1e6)],
    ['few values', () => Math.floor(random() * 3)],
    ['negative', () => Math.floor(random() * 2e9 - 1e9)],
    ['duplicates', (i, j) => (i * 7919 + Math.floor(j / 3) * 104729) % 1009],
    ['all equal', () => 7],
    ['product', (i, j) => (i + 1) * (j + 1)],
  ];
  const made: Matrix[] = [];
  for (let k = 0; k < 240; k++) {
    const rows = k % 20 === 0 ? 1 : 1 + Math.floor(random() * 150);
    const columns = k % 3 === 0 ? rows : rows + Math.floor(random() * 600);
    const points = Array.from(
      { length: (rows + columns) * 6 },
      () => Math.floor(random() * 300) + 500 * Math.floor(random() * 3),
    );
    const distance = (i: number, j: number): number => {
      let sum = 0;
      for (let d = 0; d < 6; d++) sum += (points[i * 6 + d] - points[(rows + j) * 6 + d]) ** 2;
      return sum;
    };
    const [kind, cost] = k < 200 ? kinds[k % kinds.length] : (['clustered points', distance] as const);
    const costs = Int32Array.from({ length: rows * columns }, (_, at) => cost(Math.floor(at / columns), at % columns));
    made.push({ kind, rows, columns, costs });
  }
  return made;
}

const SCIPY = `
import json, sys, numpy as np
from scipy.optimize import linear_sum_assignment
x = np.fromfile(sys.argv[1], np.int32).astype(np.int64); at = 0; out = []
for rows, columns in json.load(open(sys.argv[2])):
    m = x[at:at + rows * columns].reshape(rows, columns); at += rows * columns
    a, b = linear_sum_assignment(m); out.append(int(m[a, b].sum()))
print(json.dumps(out))
`;

/** `npm run bench -- assignment`: costs against scipy's (python3 with scipy), and whether every answer's prices prove it. */
export async function assignment(): Promise<void> {
  const all = matrices();
  const theirs = scipy(all);
  if (theirs === undefined) console.log('skipped the comparison with scipy: python3 with scipy is needed');
  const rows = new Map<string, { count: number; equal: number; proven: number }>();
  for (const [k, { kind, rows: n, columns, costs }] of all.entries()) {
    const answer = await createAssignment({ rows: n, columns }).solve(costs, { gap: 0, prices: true });
    const row = rows.get(kind) ?? { count: 0, equal: 0, proven: 0 };
    row.count++;
    if (answer.cost === theirs?.[k]) row.equal++;
    if (answer.prices !== undefined && certifiedBound(costs, answer.prices) === answer.cost) row.proven++;
    rows.set(kind, row);
  }
  printTable(
    ['costs', 'matrices', "equal to scipy's", 'proven by their prices'],
    [...rows].map(([kind, { count, equal, proven }]) => [kind, count, theirs === undefined ? '–' : equal, proven]),
  );
  const failed = [...rows.values()].some(
    ({ count, equal, proven }) => proven < count || (theirs !== undefined && equal < count),
  );
  process.exitCode = failed ? 1 : 0;
}

function scipy(all: readonly Matrix[]): number[] | undefined {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-assignment-'));
  try {
    const [data, shapes] = [path.join(folder, 'costs'), path.join(folder, 'shapes')];
    writeFileSync(data, Buffer.concat(all.map(({ costs }) => Buffer.from(costs.buffer))));
    writeFileSync(shapes, JSON.stringify(all.map(({ rows, columns }) => [rows, columns])));
    const { status, stdout } = spawnSync('python3', ['-c', SCIPY, data, shapes], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    return status === 0 ? (JSON.parse(stdout) as number[]) : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
