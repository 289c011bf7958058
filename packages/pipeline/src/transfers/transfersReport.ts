import os from 'node:os';
import { type DeviceName, GimbalError } from '@gimbal/core';
import { chooseDevice, deviceProblem } from '@gimbal/core/device';
import { type CopyTime, type LaunchTimes, measureTransfers, probeDevices } from '@gimbal/native';
import { packageVersion } from '../packageVersion.js';
import type { OnProgress } from '../progress.js';
import { PICTURE_SIZES, type SizeCosts, sizeCosts } from './frameCosts.js';
import { transfersAnswer } from './transfersAnswer.js';

/** What reaching a CUDA device costs on this machine, and whether it pays. */
export interface TransfersReport {
  readonly format: 'gimbal-transfers';
  readonly version: 1;
  readonly gimbal: string;
  /** ISO 8601. */
  readonly created: string;
  readonly machine: string;
  readonly threads: number;
  readonly device: { readonly device: string; readonly name: string; readonly computeCapability: string };
  /** Microseconds. */
  readonly copies: readonly CopyTime[];
  /** Microseconds. */
  readonly launch: LaunchTimes;
  /** Milliseconds a frame. */
  readonly sizes: readonly SizeCosts[];
  /** Whether to use the GPU, as a sentence. */
  readonly answer: string;
}

/** Bytes of the copies: from a small plane to several large frames. */
const COPY_SIZES = [0.1e6, 0.25e6, 1e6, 4e6, 16e6, 64e6];

export interface TransfersOptions {
  /** `auto` and `cuda`: the first device that can be used. */
  readonly device: DeviceName;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Measures copies and launches, and then frames of every size on the CPU and on the device.
 * @throws GimbalError `GIMBAL_E_DEVICE_UNAVAILABLE` with the reason when there is no such device, `GIMBAL_E_INVALID_ARGUMENT` for the CPU,
 * and what the device refuses.
 */
export async function transfersReport(
  { device, threads = os.availableParallelism(), signal }: TransfersOptions,
  onProgress: OnProgress,
): Promise<TransfersReport> {
  if (device === 'cpu') {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      '--transfers is about a GPU; leave out --device cpu, or name one with --device cuda:N.',
    );
  }
  const report = await probeDevices();
  const wanted = device === 'auto' ? 'cuda' : device;
  const problem = deviceProblem(wanted, report);
  if (problem !== undefined) {
    throw new GimbalError(
      'GIMBAL_E_DEVICE_UNAVAILABLE',
      `--transfers measures a CUDA device, and device "${wanted}" cannot be used: ${problem}.`,
    );
  }
  const ordinal = chooseDevice(wanted, () => report) as number;
  const found = report.devices[ordinal];
  const total = PICTURE_SIZES.length + 1;
  onProgress({ stage: 'transfers', done: 0, total });
  const { copies, launch } = await measureTransfers(ordinal, COPY_SIZES, { signal });
  const sizes: SizeCosts[] = [];
  for (const size of PICTURE_SIZES) {
    onProgress({ stage: `frames of ${size.name}`, done: 1 + sizes.length, total });
    sizes.push(await sizeCosts(size, ordinal, { threads, signal }));
  }
  return {
    format: 'gimbal-transfers',
    version: 1,
    gimbal: packageVersion,
    created: new Date().toISOString(),
    machine: `${os.cpus()[0]?.model.trim() ?? 'unknown'}, ${os.availableParallelism()} cores`,
    threads,
    device: { device: `cuda:${ordinal}`, name: found.name, computeCapability: found.computeCapability },
    copies,
    launch,
    sizes,
    answer: transfersAnswer(sizes, threads),
  };
}
