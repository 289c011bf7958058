import { GimbalError } from '@gimbal/core';
import type { LaunchTimes, Timing } from '../addon/cudaAddon.js';
import { nativeCall } from '../addon/nativeCall.js';
import { loadAddon } from '../addon.js';

/** One copy between host and device. */
export interface CopyTime {
  readonly bytes: number;
  readonly direction: 'toDevice' | 'fromDevice';
  /** Page-locked host memory, or such as any program has. */
  readonly memory: 'pinned' | 'pageable';
  /** By CUDA's events: from the stream being free to the bytes being there. */
  readonly time: Timing;
}

/** What it costs to reach a device from the host at all. */
export interface Transfers {
  readonly copies: readonly CopyTime[];
  readonly launch: LaunchTimes;
}

const MOST_BYTES = 2 ** 30;

/**
 * Times copies of these sizes between host memory and device `ordinal`, both ways, pageable and page-locked, and launches of a kernel.
 * A second or two for sizes up to 64 MB; the signal is looked at between the copies.
 * @param sizes Bytes, 1 to 1 GiB each.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for other sizes; as `createRenderer` for a device that cannot be used.
 */
export async function measureTransfers(
  ordinal: number,
  sizes: readonly number[],
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Transfers> {
  const wrong = sizes.find((bytes) => !(Number.isInteger(bytes) && bytes >= 1 && bytes <= MOST_BYTES));
  if (wrong !== undefined) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `A copy to be measured has 1 to ${MOST_BYTES} bytes, received ${wrong}.`,
    );
  }
  const addon = loadAddon();
  const copies: CopyTime[] = [];
  for (const memory of ['pageable', 'pinned'] as const) {
    for (const direction of ['toDevice', 'fromDevice'] as const) {
      for (const bytes of sizes) {
        const time = await nativeCall(
          () => addon.measureCopy(ordinal, bytes, direction === 'toDevice', memory === 'pinned'),
          signal,
        );
        copies.push({ bytes, direction, memory, time });
      }
    }
  }
  return { copies, launch: await nativeCall(() => addon.measureLaunch(ordinal), signal) };
}
