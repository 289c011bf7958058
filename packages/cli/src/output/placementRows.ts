import type { FramePlacement } from '@gimbal/pipeline';

const DECODERS = { software: 'software', nvdec: 'NVDEC' } as const;

/** Rows of a table that say where a run did its work, and whether the clip fitted there. */
export function placementRows({
  device,
  deviceName,
  decoder,
  decoderReason,
  kept,
}: FramePlacement): [string, string][] {
  const where = deviceName === undefined ? device : `${device} (${deviceName})`;
  const why = decoderReason === undefined ? '' : `: ${decoderReason}`;
  const rows: [string, string][] = [
    ['Device', where],
    ['Decoder', `${DECODERS[decoder]}${why}`],
  ];
  if (kept === undefined || kept.budgetBytes === 0) return rows;
  if (kept.complete) return [...rows, ['Clip', `fits the device: decoded once, ${amount(kept.bytes)} kept there`]];
  const clip = kept.clipBytes === undefined ? 'the clip' : `the clip takes ${amount(kept.clipBytes)}`;
  const most = `${amount(kept.budgetBytes)} may be kept (--device-memory)`;
  return [...rows, ['Clip', `decoded ${kept.passes === 1 ? 'once' : 'twice'}: ${clip}, ${most}`]];
}

function amount(bytes: number): string {
  return bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(0)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
