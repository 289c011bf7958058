import { availableParallelism } from 'node:os';
import { GimbalError, throwIfAborted } from '@gimbal/core';
import { chooseDevice, deviceErrorOf } from '@gimbal/core/device';
import { loadAddon, type NativeSolver } from './addon.js';
import type { AssignmentOptions, SolveOptions } from './assignmentOptions.js';
import { checkedProblem, checkedSolve } from './checkedArguments.js';

/** Who got what, and how good that is. */
export interface AssignmentResult {
  /** The column of every row. */
  readonly columns: Int32Array;
  /** What the rows pay in all, penalties included. */
  readonly cost: number;
  /** No assignment costs less than this. */
  readonly bound: number;
  /** (cost − bound) / cost; 0 where both are equal. */
  readonly gap: number;
  /** Whether no assignment costs less: `cost` equals `bound`. */
  readonly optimal: boolean;
  /** The part of `cost` that is penalties of the stay. */
  readonly penalties: number;
  /** Whether `mostRounds` ended the search. */
  readonly exhausted: boolean;
  /** The columns' prices, where asked for: `certifiedBound` computes from them what `bound` says. */
  readonly prices?: Float64Array;
  /** How much work it was: rounds, bids of rows, offers of columns, rows whose costs were gone through in full. */
  readonly work: { readonly rounds: number; readonly bids: number; readonly offers: number; readonly scans: number };
}

/** A problem that is solved again and again, each time from where it was. */
export interface Assignment {
  readonly rows: number;
  readonly columns: number;
  readonly capacity: number;
  /** Where it computes: `cpu`, or the device, such as `cuda:0`. */
  readonly device: string;
  /**
   * Assigns at the costs given: a row-major matrix of rows × columns whole numbers, or the points of the rows (rows × dimensions) where
   * the columns have points. Do not write to arrays while the promise is pending. Calls are answered in turn.
   * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT`, `GIMBAL_E_CANCELLED` (the state of the solve before stays).
   */
  solve(costs: Int32Array | Int16Array, options?: SolveOptions): Promise<AssignmentResult>;
}

/**
 * A solver of the rectangular assignment problem: forward and reverse auction with prices kept from solve to solve (Bertsekas and
 * Castañon 1992), so that a problem that changed little is solved in a fraction of the time. The same costs in the same order give the
 * same answers on every machine.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` where not every row can have a column (the message says which number would help),
 * `GIMBAL_E_DEVICE_UNAVAILABLE` for a device that was named and cannot be used, `GIMBAL_E_ADDON`.
 */
export function createAssignment(options: AssignmentOptions): Assignment {
  const { rows, columns, capacity, points, dimensions } = checkedProblem(options);
  const threads = options.threads ?? availableParallelism();
  const { Solver, addonInfo } = loadAddon();
  const ordinal = chooseDevice(options.device ?? 'cpu', () => addonInfo().cudaReport);
  const solver = invalidUnless(() => new Solver(rows, columns, capacity, points, dimensions, ordinal ?? -1));
  let last: Promise<unknown> = Promise.resolve();
  return {
    rows,
    columns,
    capacity,
    device: ordinal === undefined ? 'cpu' : `cuda:${ordinal}`,
    solve(costs, solveOptions = {}) {
      checkedSolve({ rows, columns, dimensions }, costs, solveOptions);
      const answer = last.then(() => solveOnce(solver, threads, costs, solveOptions));
      last = answer.catch(() => {});
      return answer;
    },
  };
}

async function solveOnce(
  solver: NativeSolver,
  threads: number,
  costs: Int32Array | Int16Array,
  { gap = 0.001, stay, restart = false, mostRounds = 1_000_000, prices = false, signal }: SolveOptions,
): Promise<AssignmentResult> {
  throwIfAborted(signal);
  const cancel = (): void => solver.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    const { rounds, bids, offers, scans, ...answer } = await solver.solve(
      costs,
      stay?.columns ?? null,
      stay?.penalties ?? null,
      gap,
      restart,
      mostRounds,
      threads,
      prices,
    );
    const optimal = answer.cost === answer.bound;
    const missed = optimal ? 0 : (answer.cost - answer.bound) / Math.abs(answer.cost);
    return { ...answer, gap: missed, optimal, work: { rounds, bids, offers, scans } };
  } catch (cause) {
    throwIfAborted(signal);
    throw deviceErrorOf(cause) ?? new GimbalError('GIMBAL_E_INVALID_ARGUMENT', (cause as Error).message, { cause });
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

function invalidUnless<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', (cause as Error).message, { cause });
  }
}
