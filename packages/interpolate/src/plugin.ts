import os from 'node:os';
import { type DeviceName, GimbalError, PLUGIN_API_VERSION, type RuntimeInfo } from '@gimbal/core';
import packageJson from '../package.json' with { type: 'json' };
import { createCameraInterpolator } from './cameraInterpolator.js';
import type { Interpolator, InterpolatorPlugin } from './interpolator.js';
import { createLiteInterpolator } from './liteInterpolator.js';
import { onnxRuntimeFor } from './network/onnxRuntimeFor.js';

const meta = { version: packageJson.version, apiVersion: PLUGIN_API_VERSION };

/** Options of `lite` on the command line or in a file. */
interface LiteSettings {
  readonly weights?: string | undefined;
}

const litePlugin: InterpolatorPlugin<LiteSettings> = {
  meta: { name: 'lite', description: "A small network after the camera's motion; ONNX Runtime on the CPU.", ...meta },
  parseOptions(raw) {
    const { weights, ...other } = fieldsOf(raw, 'lite');
    refuseOthers(other, 'lite', 'weights');
    if (weights !== undefined && typeof weights !== 'string') {
      throw invalid(
        `The option weights of the interpolator "lite" must be a folder's path, received ${JSON.stringify(weights)}.`,
      );
    }
    return { weights };
  },
  async supports({ device }) {
    const reason = deviceReason(device);
    if (reason !== undefined) return { score: 0, reason };
    try {
      await onnxRuntimeFor();
      return 5;
    } catch (error) {
      return { score: 0, reason: (error as Error).message };
    }
  },
  create: ({ weights }, { runtime }) => createLiteInterpolator({ threads: runtime.threads, weights }),
};

const cameraPlugin: InterpolatorPlugin<Record<string, never>> = {
  meta: {
    name: 'camera',
    description: "The camera's motion alone: no network, what moves by itself is seen twice.",
    ...meta,
  },
  parseOptions(raw) {
    refuseOthers(fieldsOf(raw, 'camera'), 'camera', 'none');
    return {};
  },
  supports({ device }) {
    const reason = deviceReason(device);
    return reason === undefined ? 1 : { score: 0, reason };
  },
  create: async (_, { runtime }) => createCameraInterpolator({ threads: runtime.threads }),
};

/** The interpolators of this package, the better one first. */
export const INTERPOLATORS: readonly InterpolatorPlugin[] = [
  litePlugin as InterpolatorPlugin,
  cameraPlugin as InterpolatorPlugin,
];

/** How {@link createInterpolator} makes one. */
export interface CreateInterpolatorOptions {
  /** `auto` and `cpu` compute on the CPU; a CUDA device is refused, since there is no engine for one yet. Default `auto`. */
  readonly device?: DeviceName | undefined;
  /** Default: the machine's. */
  readonly threads?: number | undefined;
  /** What the interpolator's `parseOptions` gets. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/** An interpolator, and why it is not a better one. */
export interface CreatedInterpolator {
  readonly interpolator: Interpolator;
  /** Where `auto` could not take the best: a sentence. */
  readonly note?: string | undefined;
}

/**
 * Makes an interpolator: objects first, names second. `auto` takes the best that runs here and says so where that is not the best there is.
 * @param reference `auto`, `lite`, `camera`, or a plug-in of your own.
 * @throws GimbalError `GIMBAL_E_PLUGIN_NOT_FOUND` for another name, `GIMBAL_E_PLUGIN_INVALID` for an object that is no plug-in, `GIMBAL_E_PLUGIN_API_VERSION`,
 * `GIMBAL_E_DEVICE_UNAVAILABLE` when it cannot run here, what the plug-in throws.
 */
export async function createInterpolator(
  reference: string | InterpolatorPlugin = 'auto',
  { device = 'auto', threads = os.availableParallelism(), options = {} }: CreateInterpolatorOptions = {},
): Promise<CreatedInterpolator> {
  const runtime: RuntimeInfo = { platform: process.platform, arch: process.arch, threads, device };
  if (reference !== 'auto') {
    const plugin = typeof reference === 'string' ? named(reference) : checked(reference);
    const reason = await problem(plugin, runtime);
    if (reason === undefined) {
      return { interpolator: await plugin.create(plugin.parseOptions(options), { runtime }) };
    }
    throw new GimbalError(
      'GIMBAL_E_DEVICE_UNAVAILABLE',
      `Interpolator "${plugin.meta.name}" cannot run here: ${reason}.`,
    );
  }
  const reasons: string[] = [];
  for (const plugin of INTERPOLATORS) {
    const reason = await problem(plugin, runtime);
    if (reason !== undefined) {
      reasons.push(`${plugin.meta.name}: ${reason}`);
      continue;
    }
    const interpolator = await plugin.create(plugin.parseOptions(options), { runtime });
    const note = reasons.length > 0 ? `The interpolator is "${plugin.meta.name}". ${reasons.join('; ')}.` : undefined;
    return { interpolator, note };
  }
  throw new GimbalError('GIMBAL_E_DEVICE_UNAVAILABLE', `No interpolator can run here: ${reasons.join('; ')}.`);
}

async function problem(plugin: InterpolatorPlugin, runtime: RuntimeInfo): Promise<string | undefined> {
  const answer = await plugin.supports(runtime);
  const { score, reason } = typeof answer === 'number' ? { score: answer, reason: undefined } : answer;
  if (score > 0) return undefined;
  return (reason ?? `it does not support this machine (${runtime.platform}, ${runtime.arch})`).replace(/\.\s*$/, '');
}

function deviceReason(device: DeviceName): string | undefined {
  if (device === 'auto' || device === 'cpu') return undefined;
  return `frames are interpolated on the CPU only, and device "${device}" was asked for; use device "cpu" or "auto"`;
}

function named(name: string): InterpolatorPlugin {
  const found = INTERPOLATORS.find(({ meta: { name: own } }) => own === name);
  if (found !== undefined) return found;
  const known = INTERPOLATORS.map(({ meta: { name: own } }) => own).join(', ');
  throw new GimbalError(
    'GIMBAL_E_PLUGIN_NOT_FOUND',
    `No interpolator is called "${name}". Known here: auto, ${known}; or hand over a plug-in as an object.`,
  );
}

function checked(plugin: InterpolatorPlugin): InterpolatorPlugin {
  const { meta: said } = plugin;
  const problem = (what: string) =>
    new GimbalError('GIMBAL_E_PLUGIN_INVALID', `The interpolator plug-in does not keep the contract: ${what}.`);
  if (typeof said?.name !== 'string' || said.name === '')
    throw problem('`meta.name` must be a string that is not empty');
  if (said.apiVersion !== PLUGIN_API_VERSION) {
    throw new GimbalError(
      'GIMBAL_E_PLUGIN_API_VERSION',
      `The interpolator "${said.name}" was made for version ${String(said.apiVersion)} of the plug-in contract, this program speaks version ${PLUGIN_API_VERSION}.`,
    );
  }
  for (const key of ['parseOptions', 'supports', 'create'] as const) {
    if (typeof plugin[key] !== 'function') throw problem(`\`${key}\` must be a function`);
  }
  return plugin;
}

function fieldsOf(raw: unknown, name: string): Record<string, unknown> {
  if (raw === undefined || raw === null) return {};
  if (typeof raw === 'object' && !Array.isArray(raw)) return raw as Record<string, unknown>;
  throw invalid(`Options of the interpolator "${name}" must be an object, received ${JSON.stringify(raw)}.`);
}

function refuseOthers(other: Record<string, unknown>, name: string, known: string): void {
  const [first] = Object.keys(other);
  if (first === undefined) return;
  throw invalid(`The interpolator "${name}" has no option "${first}"; known: ${known}.`);
}

function invalid(message: string): GimbalError {
  return new GimbalError('GIMBAL_E_INVALID_ARGUMENT', message);
}
