import { GimbalError } from '@gimbal/core';
import type { AssignmentOptions, SolveOptions } from './assignmentOptions.js';

const fault = (message: string): GimbalError => new GimbalError('GIMBAL_E_INVALID_ARGUMENT', message);

function wholeNumber(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1 || value > 0x7fffffff) {
    throw fault(`${name} must be a whole number from 1, received ${value}.`);
  }
  return value;
}

/** The problem that options describe; who fits whom in number is checked by the addon. */
export function checkedProblem({ rows, columns, capacity = 1, columnPoints, threads = 1 }: AssignmentOptions): {
  readonly rows: number;
  readonly columns: number;
  readonly capacity: number;
  readonly points: Int16Array | null;
  readonly dimensions: number;
} {
  wholeNumber('rows', rows);
  wholeNumber('columns', columns);
  wholeNumber('capacity', capacity);
  wholeNumber('threads', threads);
  if (columnPoints === undefined) return { rows, columns, capacity, points: null, dimensions: 0 };
  const { data, dimensions } = columnPoints;
  wholeNumber('columnPoints.dimensions', dimensions);
  if (!(data instanceof Int16Array) || data.length !== columns * dimensions) {
    const received = data instanceof Int16Array ? `${data.length} numbers` : typeof data;
    throw fault(`columnPoints.data must be an Int16Array of ${columns} × ${dimensions} numbers, received ${received}.`);
  }
  return { rows, columns, capacity, points: data, dimensions };
}

/** Refuses a solve whose arrays do not fit the problem. */
export function checkedSolve(
  { rows, columns, dimensions }: { readonly rows: number; readonly columns: number; readonly dimensions: number },
  costs: Int32Array | Int16Array,
  { gap = 0, stay, mostRounds = 1 }: SolveOptions,
): void {
  if (costs instanceof Int16Array) {
    if (dimensions === 0) {
      throw fault(
        "An Int16Array has the rows' points, but the columns have none: give columnPoints, or costs as an Int32Array.",
      );
    }
    if (costs.length !== rows * dimensions) {
      throw fault(`The rows' points must be ${rows} × ${dimensions} numbers, received ${costs.length}.`);
    }
  } else if (!(costs instanceof Int32Array) || costs.length !== rows * columns) {
    const received =
      costs instanceof Int32Array ? `${costs.length}` : `a ${(costs as object)?.constructor?.name ?? typeof costs}`;
    throw fault(`Costs must be an Int32Array of ${rows} × ${columns} whole numbers, received ${received}.`);
  }
  if (!(gap >= 0 && gap < 1)) throw fault(`gap must be a share from 0 to less than 1, such as 0.001, received ${gap}.`);
  if (!Number.isInteger(mostRounds) || mostRounds < 1) {
    throw fault(`mostRounds must be a whole number from 1, received ${mostRounds}.`);
  }
  if (stay === undefined) return;
  for (const [name, numbers] of Object.entries({ columns: stay.columns, penalties: stay.penalties })) {
    if (!(numbers instanceof Int32Array) || numbers.length !== rows) {
      throw fault(`stay.${name} must be an Int32Array with a number for each of the ${rows} rows.`);
    }
  }
  if (stay.columns.some((column) => column >= columns)) {
    throw fault(`stay.columns must be below ${columns}, or −1 for none; received ${Math.max(...stay.columns)}.`);
  }
  if (stay.penalties.some((penalty) => penalty < 0)) throw fault('stay.penalties must not be negative.');
}
