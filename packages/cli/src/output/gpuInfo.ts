// What the GPUs of this machine have to offer.
import { readFile } from 'node:fs/promises';
import type { DeviceName } from '@gimbal/core';
import { type CudaReport, isDeviceError } from '@gimbal/core/device';
import { deviceMemoryInfo, probeDevices } from '@gimbal/native';
import { type NvidiaCodec, type NvidiaCodecs, nvidiaCodecs } from '@gimbal/video';

/** A CUDA device and what it has to offer now. */
export interface GpuDevice {
  readonly device: Exclude<DeviceName, 'auto' | 'cpu' | 'cuda'>;
  readonly name: string;
  readonly computeCapability: string;
  readonly memoryBytes: number;
  /** `null` where it could not be asked. */
  readonly freeBytes: number | null;
  /** Why it is not used; `null` when it can be. */
  readonly problem: string | null;
  /** What it decodes and encodes by itself; `null` for one that is not used. */
  readonly video: NvidiaCodecs | null;
}

/** What there is of CUDA on this machine. */
export interface GpuInfo {
  readonly available: boolean;
  /** Why no device can be used; empty when one can. */
  readonly reason: string;
  /** The driver's own version, such as `580.65.06`, where the system tells, and the newest CUDA that it serves. */
  readonly driver: { readonly version: string | null; readonly cuda: string | null };
  /** The CUDA that the addon was made with. */
  readonly runtime: string | null;
  readonly devices: readonly GpuDevice[];
}

/** Asks the driver, each device and its video units. Takes about a second where there are devices, off the event loop. */
export async function gpuInfo(): Promise<GpuInfo> {
  const version = await driverVersion();
  let report: CudaReport;
  try {
    report = await probeDevices();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { available: false, reason, driver: { version, cuda: null }, runtime: null, devices: [] };
  }
  const devices: GpuDevice[] = [];
  for (const { ordinal, name, computeCapability, memory, unusable } of report.devices) {
    const room = unusable === '' ? await deviceMemoryInfo(ordinal).catch(deviceRefusal) : undefined;
    const answers = room !== undefined && !(room instanceof Error);
    devices.push({
      device: `cuda:${ordinal}`,
      name,
      computeCapability,
      memoryBytes: memory,
      freeBytes: answers ? room.free : null,
      problem: unusable !== '' ? unusable : room instanceof Error ? room.message : null,
      video: answers ? await nvidiaCodecs(ordinal) : null,
    });
  }
  return {
    available: report.unavailable === '',
    reason: report.unavailable,
    driver: { version, cuda: cudaVersion(report.driverVersion) },
    runtime: cudaVersion(report.runtimeVersion),
    devices,
  };
}

/** The rows of a table about it. */
export function gpuRows({ available, reason, driver, runtime, devices }: GpuInfo): string[][] {
  const serves = driver.cuda === null ? '' : `, serves CUDA ${driver.cuda}`;
  const made = runtime === null ? '' : `; built with CUDA ${runtime}`;
  return [
    ...(available ? [] : [['GPU', `none used: ${reason}`]]),
    ...devices.flatMap(deviceRows),
    ...(driver.version === null && driver.cuda === null
      ? []
      : [['NVIDIA driver', `${driver.version ?? 'version not told'}${serves}${made}`]]),
  ];
}

function deviceRows({
  device,
  name,
  computeCapability,
  memoryBytes,
  freeBytes,
  problem,
  video,
}: GpuDevice): string[][] {
  const total = gibibytes(memoryBytes);
  const memory = freeBytes === null ? total : `${gibibytes(freeBytes)} of ${total} free`;
  return [
    [device, `${name}, compute capability ${computeCapability}, ${memory}`],
    ...(problem === null ? [] : [['', `not used: ${problem}`]]),
    ...(video === null
      ? []
      : [
          ['', `NVDEC: ${unitText(video.decoders)}`],
          ['', `NVENC: ${unitText(video.encoders)}`],
        ]),
  ];
}

/** The codecs of a video unit, or the reason that it has none. */
function unitText(codecs: readonly NvidiaCodec[]): string {
  const usable = codecs.filter((codec) => codec.usable).map(({ codec }) => codec);
  return usable.length > 0 ? usable.join(', ') : `none (${codecs[0]?.reason ?? 'FFmpeg has none'})`;
}

/** A device that does not answer is a finding, not a failure of the question. */
function deviceRefusal(error: unknown): Error {
  if (isDeviceError(error)) return error;
  throw error;
}

function cudaVersion(number: number): string | null {
  return number === 0 ? null : `${Math.floor(number / 1000)}.${Math.floor((number % 1000) / 10)}`;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** The kernel module's version on Linux; CUDA's own interface does not tell. */
async function driverVersion(): Promise<string | null> {
  const text = await readFile('/proc/driver/nvidia/version', 'utf8').catch(() => '');
  return /\b(\d{3,}\.\d+(?:\.\d+)?)\b/.exec(text)?.[1] ?? null;
}
