// `gimbal info`: what this installation consists of and what runs here.
import os from 'node:os';
import { GimbalError } from '@gimbal/core';
import { type DiscoveredPlugin, discoverPlugins } from '@gimbal/core/plugins';
import { addonInfo as classicalInfo } from '@gimbal/cuda-classical';
import { type AddonBinary, type AddonInfo, addonInfo as nativeInfo } from '@gimbal/native';
import { loadSeparate } from '@gimbal/pipeline/parts';
import { type FfmpegLicense, ffmpegLicense, ffmpegVersion } from '@gimbal/video';
import type { Command } from 'commander';
import { type GpuInfo, gpuInfo, gpuRows } from '../output/gpuInfo.js';
import { textTable } from '../output/textTable.js';
import { packageVersion } from '../packageVersion.js';
import type { CommandContext } from '../program/commandContext.js';

/** An addon of ours: what it was built for, or why it does not load. */
type AddonState =
  | {
      readonly name: string;
      readonly loaded: true;
      readonly version: string;
      readonly isa: string;
      readonly cuda: boolean;
      /** What the CUDA path was built for, in CMake's words; empty without one. */
      readonly architectures: string;
      readonly binary: AddonBinary;
    }
  | { readonly name: string; readonly loaded: false; readonly reason: string };

/** What `@gimbal/ihn` says of what runs it. */
interface LearnedRuntime {
  readonly version: string;
  readonly package: string;
  readonly providers: readonly string[];
  readonly cuda: { readonly available: boolean; readonly reason: string };
  readonly weights: { readonly found: boolean; readonly reason: string };
}

/** What runs the learned estimator, or why it does not load. */
type OnnxState =
  | ({ readonly loaded: true } & LearnedRuntime)
  | { readonly loaded: false; readonly installed: boolean; readonly reason: string };

interface MachineInfo {
  readonly ok: true;
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly gpu: GpuInfo;
  readonly ffmpeg: string;
  readonly ffmpegLicense: FfmpegLicense;
  readonly addons: readonly AddonState[];
  readonly onnxRuntime: OnnxState;
  readonly plugins: readonly DiscoveredPlugin[];
}

export function addInfo(program: Command, { terminal }: CommandContext): void {
  program
    .command('info')
    .description('Say what there is to work with: machine, GPU or why none, FFmpeg, addons, plug-ins.')
    .option('--json', 'print it as JSON')
    .action(async (options: { json?: boolean }) => {
      const info = await machineInfo(process.cwd());
      terminal.out(options.json === true ? `${JSON.stringify(info, null, 2)}\n` : asText(info));
    });
}

async function machineInfo(directory: string): Promise<MachineInfo> {
  const addons = [addonState('@gimbal/native', nativeInfo), addonState('@gimbal/cuda-classical', classicalInfo)];
  return {
    ok: true,
    version: packageVersion,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    gpu: await gpuInfo(),
    ffmpeg: ffmpegVersion(),
    ffmpegLicense: ffmpegLicense(),
    addons,
    onnxRuntime: await onnxState(directory),
    plugins: await discoverPlugins(directory),
  };
}

async function onnxState(directory: string): Promise<OnnxState> {
  try {
    const { ihnRuntime } = (await loadSeparate('ihn', directory)) as { ihnRuntime(): Promise<LearnedRuntime> };
    return { loaded: true, ...(await ihnRuntime()) };
  } catch (error) {
    const installed = !(GimbalError.isInstance(error) && error.code === 'GIMBAL_E_PLUGIN_NOT_FOUND');
    return { loaded: false, installed, reason: reasonOf(error) };
  }
}

function addonState(name: string, ask: () => AddonInfo): AddonState {
  try {
    const { version, isa, cuda, cudaReport, binary } = ask();
    return { name, loaded: true, version, isa, cuda, architectures: cudaReport.architectures, binary };
  } catch (error) {
    return { name, loaded: false, reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The rows about an addon: what it was built for, which binary it is, and why it is none of the others. */
function addonRows(addon: AddonState): string[][] {
  if (!addon.loaded) return [[addon.name, `does not load: ${addon.reason}`]];
  const { name, version, isa, cuda, architectures, binary } = addon;
  const { candidate, kind, path } = binary.chosen;
  return [
    [name, `${version}, ${isa}, ${cuda ? `CUDA for ${architectures}` : 'CPU only'}`],
    ['', `${kind === 'prebuilt' ? 'prebuilt' : candidate}: ${path}`],
    ...binary.rejected.map((other) => ['', `not ${other.candidate}: ${other.reason}`]),
  ];
}

/** The rows about ONNX Runtime: its version and providers, then what is missing. */
function onnxRows(state: OnnxState): string[][] {
  if (!state.loaded) return [['ONNX Runtime', `${state.installed ? 'does not load: ' : ''}${state.reason}`]];
  const { version, package: from, providers, cuda, weights } = state;
  return [
    ['ONNX Runtime', `${version}, ${providers.join(', ')}; ${from}`],
    ...(cuda.available ? [] : [['', `no CUDA: ${cuda.reason}`]]),
    ...(weights.found ? [] : [['', weights.reason]]),
  ];
}

/** What the licence of FFmpeg is, and where it says what that means. */
function licenseText({ name, gpl, libraries }: FfmpegLicense): string {
  const inside = libraries.length === 0 ? '' : ` (with ${libraries.join(', ')})`;
  return `licence: ${name}${inside}${gpl ? '; if you ship it, read the README of @gimbal/video, "Licence"' : ''}`;
}

function asText(info: MachineInfo): string {
  const rows = [
    ['gimbal', info.version],
    ['Node', `${info.node}, ${info.platform}`],
    ['machine', `${info.cpu}, ${info.cores} cores, ${(info.memoryBytes / 2 ** 30).toFixed(1)} GiB`],
    ...gpuRows(info.gpu),
    ['FFmpeg', info.ffmpeg],
    ['', licenseText(info.ffmpegLicense)],
    ...info.addons.flatMap(addonRows),
    ...onnxRows(info.onnxRuntime),
    ...info.plugins.map(({ name, version, folder }) => ['plug-in', `${name} ${version}, ${folder}`]),
    ...(info.plugins.length === 0 ? [['plug-ins', 'none installed here']] : []),
  ];
  return textTable(rows, 'll');
}
