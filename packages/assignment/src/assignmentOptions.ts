import type { DeviceName } from '@gimbal/core';
/** Points with whole coordinates, columns × dimensions. Squared distances must stay below 2³¹: with 27 dimensions, coordinates up to ±4459. */
export interface ColumnPoints {
  readonly data: Int16Array;
  readonly dimensions: number;
}

/** Whom an assignment is between. */
export interface AssignmentOptions {
  /** Rows, each of which gets one column. */
  readonly rows: number;
  /** Columns to choose from. */
  readonly columns: number;
  /** How many rows a column may serve; 1 unless told. Rows may be as many as columns × capacity. */
  readonly capacity?: number | undefined;
  /** Where the columns lie, if costs are squared distances between points: then a solve takes the rows' points instead of a matrix. */
  readonly columnPoints?: ColumnPoints | undefined;
  /** Threads; as many as the machine has unless told. They change no answer. */
  readonly threads?: number | undefined;
  /** `cpu` unless told; `auto` takes CUDA where it is there. The answers are the same. A device holds rows × columns × 4 bytes. */
  readonly device?: DeviceName | undefined;
}

/** What leaving a column costs: row `i` pays `penalties[i]` more on every column but `columns[i]`; −1 is no column. */
export interface Stay {
  readonly columns: Int32Array;
  /** Not negative, in the units of the costs. */
  readonly penalties: Int32Array;
}

/** Options of one solve. */
export interface SolveOptions {
  /** The largest share of its cost by which the answer may miss the best one; 0.001 unless told, 0 for the best itself. */
  readonly gap?: number | undefined;
  readonly stay?: Stay | undefined;
  /** Forgets prices and assignment of the solve before: where nothing is left of that problem, they only mislead. */
  readonly restart?: boolean | undefined;
  /** Rounds of bids after which rows that are left take what is free; a million unless told. */
  readonly mostRounds?: number | undefined;
  /** Whether the answer has the columns' prices, its certificate. */
  readonly prices?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}
