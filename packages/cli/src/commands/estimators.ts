import { type EstimatorPlugin, GimbalError, type RuntimeInfo } from '@gimbal/core';
import { discoverPlugins, supportOf } from '@gimbal/core/plugins';
import {
  ESTIMATOR_PACKAGES,
  estimators,
  runtimeInfo,
  SEPARATE_ESTIMATORS,
  type SeparateEstimator,
} from '@gimbal/pipeline/parts';
import type { Command } from 'commander';
import { textTable } from '../output/textTable.js';
import type { CommandContext } from '../program/commandContext.js';

/** One line of the list. */
interface Listed {
  readonly name: string;
  readonly version: string | null;
  readonly description: string;
  readonly origin: 'built in' | 'installed' | 'not installed';
  /** What the plug-in gives itself on this machine; 0: cannot run here. */
  readonly score: number | null;
  /** Why it cannot be used. */
  readonly problem: string | null;
}

export function addEstimators(program: Command, { terminal }: CommandContext): void {
  program
    .command('estimators')
    .description('List the motion estimators that can be used here: built in and installed as packages.')
    .option('--json', 'print the list as JSON')
    .action(async (options: { json?: boolean }) => {
      const list = await listEstimators(process.cwd());
      terminal.out(
        options.json === true ? `${JSON.stringify({ ok: true, estimators: list }, null, 2)}\n` : asText(list),
      );
    });
}

async function listEstimators(directory: string): Promise<Listed[]> {
  const runtime = runtimeInfo({ device: 'auto' });
  const list = estimators.list().map((plugin) => listed(plugin, plugin.meta.name, 'built in', runtime));
  for (const name of SEPARATE_ESTIMATORS) list.push(await separate(name, directory, runtime));
  for (const found of await discoverPlugins(directory)) {
    try {
      const plugin = await estimators.resolve(found.name, { from: directory });
      list.push(listed(plugin, found.name, 'installed', runtime));
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      list.push({ ...found, description: found.description ?? '', origin: 'installed', score: null, problem });
    }
  }
  return list.map(({ name, version, description, origin, score, problem }) => ({
    name,
    version,
    description,
    origin,
    score,
    problem,
  }));
}

/** An estimator of ours that is a package of its own: as it is installed, or how to install it. */
async function separate(name: SeparateEstimator, directory: string, runtime: RuntimeInfo): Promise<Listed> {
  try {
    return listed(await estimators.resolve(name, { from: directory }), name, 'installed', runtime);
  } catch (error) {
    const missing = GimbalError.isInstance(error) && error.code === 'GIMBAL_E_PLUGIN_NOT_FOUND';
    const packageName = ESTIMATOR_PACKAGES[name];
    const problem = (error as Error).message;
    const origin = missing ? 'not installed' : 'installed';
    return { name, version: null, description: `The package ${packageName}.`, origin, score: null, problem };
  }
}

function listed(plugin: EstimatorPlugin, name: string, origin: Listed['origin'], runtime: RuntimeInfo): Listed {
  const { version, description = '' } = plugin.meta;
  try {
    const { score, reason = 'cannot run on this machine' } = supportOf(plugin, runtime);
    return { name, version, description, origin, score, problem: score > 0 ? null : reason };
  } catch (error) {
    return {
      name,
      version,
      description,
      origin,
      score: null,
      problem: error instanceof Error ? error.message : String(error),
    };
  }
}

function asText(list: readonly Listed[]): string {
  const rows = list.map(({ name, version, description, origin, problem }) => [
    name,
    version ?? '',
    origin,
    problem === null || origin === 'not installed'
      ? (problem ?? description)
      : `${description} (not usable: ${problem})`,
  ]);
  return textTable(rows, 'llll');
}
