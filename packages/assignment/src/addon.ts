import path from 'node:path';
import { type InformedAddon, packageAddon } from '@gimbal/native';

/** What a solve gave. Costs and counts are whole numbers. */
export interface NativeAnswer {
  readonly columns: Int32Array<ArrayBuffer>;
  readonly cost: number;
  readonly bound: number;
  readonly penalties: number;
  readonly rounds: number;
  readonly bids: number;
  readonly offers: number;
  readonly scans: number;
  readonly exhausted: boolean;
  readonly prices?: Float64Array<ArrayBuffer>;
}

/** One problem's solver; it answers one call at a time. */
export interface NativeSolver {
  solve(
    costs: Int32Array | Int16Array,
    stayColumns: Int32Array | null,
    stayPenalties: Int32Array | null,
    gap: number,
    restart: boolean,
    mostRounds: number,
    threads: number,
    wantPrices: boolean,
  ): Promise<NativeAnswer>;
  /** Ends the solve in flight, which rejects. */
  cancel(): void;
}

interface Addon extends InformedAddon {
  readonly Solver: new (
    rows: number,
    columns: number,
    capacity: number,
    columnPoints: Int16Array | null,
    dimensions: number,
    /** The CUDA device; −1 is the CPU. */
    ordinal: number,
  ) => NativeSolver;
}

const own = packageAddon<Addon>({
  name: '@gimbal/assignment',
  directory: path.join(import.meta.dirname, '..'),
  file: 'gimbal_assignment.node',
  variable: 'GIMBAL_ASSIGNMENT_PATH',
});

/**
 * Loads this package's addon, once: the file that GIMBAL_ASSIGNMENT_PATH names, the local build, or the prebuilt package.
 * @throws GimbalError `GIMBAL_E_ADDON` when there is none that loads on this machine.
 */
export const loadAddon = own.load;

/**
 * What the addon is and what it runs on.
 * @throws GimbalError `GIMBAL_E_ADDON`.
 */
export const addonInfo = own.info;
