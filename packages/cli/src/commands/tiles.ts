import { GimbalError } from '@gimbal/core';
import { createTileSet, TILE_FILE, TILE_VARIANTS } from '@gimbal/mosaic';
import type { Command } from 'commander';
import pc from 'picocolors';
import { createProgressReporter } from '../output/progressReporter.js';
import type { CommandContext } from '../program/commandContext.js';
import { EXIT_CODE_HELP } from '../program/exitCodes.js';
import { choice } from '../settings/valueKind.js';

const HELP = `
Reads every picture below the folder and keeps the result in the folder itself, as ${TILE_FILE}; gimbal mosaic --tiles uses it as long as the
pictures stay as they are. Give both commands the same --variants.

Example:
  gimbal tiles build photos --variants all
`;

export function addTiles(program: Command, { terminal, signal }: CommandContext): void {
  const tiles = program.command('tiles').description('Tiles for gimbal mosaic.');
  tiles
    .command('build')
    .description('Read the pictures of a folder beforehand.')
    .argument('<folder>', 'the pictures')
    .option('--variants <which>', `what more each picture gives: ${TILE_VARIANTS.join(', ')} (default: none)`)
    .option('--json', 'print the result as JSON on stdout')
    .option('-q, --quiet', 'no progress and no summary; errors and warnings only')
    .addHelpText('after', HELP + EXIT_CODE_HELP)
    .action(async (folder: string, options: { variants?: string; json?: boolean; quiet?: boolean }) => {
      const kind = choice(TILE_VARIANTS);
      const variants = options.variants === undefined ? 'none' : kind.parse(options.variants);
      if (variants === undefined) {
        throw new GimbalError(
          'GIMBAL_E_INVALID_ARGUMENT',
          `--variants expects ${kind.expected}; received "${options.variants}".`,
        );
      }
      const progress = createProgressReporter(terminal, options.quiet === true);
      try {
        const onProgress = (done: number, total: number): void => progress.update({ stage: 'tiles', done, total });
        const { count, duplicates, skipped } = await createTileSet(folder, { variants, signal, onProgress });
        progress.clear();
        for (const { file, reason } of skipped)
          terminal.err(`${pc.yellow('warning:')} no tile of ${file}: ${reason}\n`);
        if (options.json === true)
          terminal.out(`${JSON.stringify({ ok: true, folder, count, duplicates, skipped }, null, 2)}\n`);
        else if (options.quiet !== true) {
          terminal.out(
            `${folder}  ${count} tiles, ${duplicates} near duplicates left out, ${skipped.length} files skipped\n`,
          );
        }
      } finally {
        progress.clear();
      }
    });
}
