import type { DeviceSpan } from '../addon/cudaAddon.js';
import { nativeCall } from '../addon/nativeCall.js';
import { loadAddon } from '../addon.js';

/**
 * Notes from now on what this package does on device `ordinal`, until the answer is called; that tells it. For measuring: events with times
 * cost a little.
 * @throws GimbalError as `createRenderer` for a device that cannot be used.
 */
export async function traceDevice(ordinal: number): Promise<() => Promise<DeviceSpan[]>> {
  const addon = loadAddon();
  await nativeCall(() => addon.startDeviceTrace(ordinal));
  return async () => {
    const spans = await nativeCall(() => addon.stopDeviceTrace(ordinal));
    // The addon's clock is the one of process.hrtime.
    const shift = performance.now() - Number(process.hrtime.bigint()) / 1e6;
    return spans.map((span) => ({ ...span, start: span.start + shift, end: span.end + shift }));
  };
}
