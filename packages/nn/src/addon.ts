import path from 'node:path';
import { type InformedAddon, packageAddon } from '@gimbal/native';

declare const network: unique symbol;
/** A network in the addon. */
export type NetworkHandle = { readonly [network]: true };

/** What a run takes or gives: `shape` is of one item, channels innermost. */
export interface TensorInfo {
  readonly name: string;
  readonly kind: 'input' | 'index' | 'state' | 'output' | 'cache';
  readonly shape: readonly number[];
}

/** An input: numbers in host memory, or an address on the network's device with the stream on which they are ready. */
export type NativeFeed = readonly [name: string, data: Float32Array | Int32Array | bigint, stream: bigint];

interface Addon extends InformedAddon {
  load(
    plan: string,
    weights: Uint8Array,
    device: number,
    precision: number,
    slots: number,
    threads: number,
    graphs: boolean,
  ): Promise<{ network: NetworkHandle; tensors: TensorInfo[]; programs: string[] }>;
  run(
    network: NetworkHandle,
    programs: readonly string[],
    batch: number,
    count: number,
    feeds: readonly NativeFeed[],
    fetches: readonly (readonly [string, Float32Array])[],
  ): Promise<void>;
  release(network: NetworkHandle): Promise<void>;
  memory(network: NetworkHandle): number;
}

const own = packageAddon<Addon>({
  name: '@gimbal/nn',
  directory: path.join(import.meta.dirname, '..'),
  file: 'gimbal_nn.node',
  variable: 'GIMBAL_NN_PATH',
});

/**
 * Loads this package's addon, once: the file that GIMBAL_NN_PATH names, the local build, or the prebuilt package.
 * @throws GimbalError `GIMBAL_E_ADDON` when there is none that loads on this machine.
 */
export const loadAddon = own.load;

/**
 * What the engine's addon is and what it runs on.
 * @throws GimbalError `GIMBAL_E_ADDON`.
 */
export const addonInfo = own.info;
