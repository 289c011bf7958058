import { discoverPlugins, type EstimatorPlugin, type RuntimeInfo, supportOf } from '@gimbal/core';
import { estimators, runtimeInfo } from '@gimbal/pipeline';
import type { Command } from 'commander';
import type { CommandContext } from '../commandContext.js';
import { textTable } from '../textTable.js';

/** One line of the list. */
interface Listed {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly origin: 'built in' | 'installed';
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
    version,
    origin,
    problem === null ? description : `${description} (not usable: ${problem})`,
  ]);
  return textTable(rows, 'llll');
}
