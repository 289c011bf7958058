import type { Command } from 'commander';
import type { CommandContext } from '../program/commandContext.js';
import { SETTINGS, type Setting } from '../settings/settings.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

const HELP = `
Put it where your shell looks:
  gimbal completion bash > ~/.local/share/bash-completion/completions/gimbal
  gimbal completion zsh > "\${fpath[1]}/_gimbal"
  gimbal completion fish > ~/.config/fish/completions/gimbal.fish
`;

/** Options of a command as a shell completes them. */
interface Completed {
  readonly command: string;
  readonly description: string;
  readonly options: readonly {
    readonly long: string;
    readonly description: string;
    readonly words: readonly string[];
  }[];
}

export function addCompletion(program: Command, { terminal }: CommandContext): void {
  const shell = program.createArgument('<shell>', SHELLS.join(', ')).choices(SHELLS);
  program
    .command('completion')
    .description('Print a script that completes commands and options in your shell.')
    .addArgument(shell)
    .addHelpText('after', HELP)
    .action((name: (typeof SHELLS)[number]) => {
      const commands = program.commands.map(completed);
      terminal.out({ bash, zsh, fish }[name](commands));
    });
}

function completed(command: Command): Completed {
  const options = command.options.flatMap(({ long, description, hidden, argChoices }) => {
    if (hidden || !long) return [];
    return [{ long, description: description ?? '', words: argChoices ?? wordsOf(long) }];
  });
  return { command: command.name(), description: command.description(), options };
}

/** The words that a setting takes, where it takes a few. */
function wordsOf(long: string): readonly string[] {
  const setting: Setting<unknown> | undefined = Object.values(SETTINGS).find(
    ({ flags }) => flags.split(' ')[0] === long,
  );
  const words = /^one of (.*)$/.exec(setting?.kind.expected ?? '')?.[1].split(', ');
  return words ?? [];
}

function bash(commands: readonly Completed[]): string {
  const names = commands.map(({ command }) => command).join(' ');
  const values = new Map(commands.flatMap(({ options }) => options.map(({ long, words }) => [long, words] as const)));
  const cases = [...values]
    .filter(([, words]) => words.length > 0)
    .map(([long, words]) => `    ${long}) COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$word")); return;;\n`);
  const options = commands.map(
    ({ command, options }) => `    ${command}) options='${options.map(({ long }) => long).join(' ')}';;\n`,
  );
  return `_gimbal() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} options=
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W '${names}' -- "$word")); return; fi
  case $before in
${cases.join('')}  esac
  case \${COMP_WORDS[1]} in
${options.join('')}  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word"));;
    *) COMPREPLY=($(compgen -f -- "$word"));;
  esac
}
complete -o filenames -F _gimbal gimbal
`;
}

function zsh(commands: readonly Completed[]): string {
  const quoted = (text: string) => text.replace(/[\\'[\]:]/g, (found) => (found === "'" ? "'\\''" : `\\${found}`));
  const names = commands.map(({ command, description }) => `    '${command}:${quoted(description)}'\n`).join('');
  const cases = commands.map(({ command, options }) => {
    const lines = options.map(({ long, description, words }) => {
      const values = words.length > 0 ? `:value:(${words.join(' ')})` : '';
      return ` \\\n        '${long}[${quoted(description)}]${values}'`;
    });
    return `      ${command}) _arguments '*:file:_files'${lines.join('')};;\n`;
  });
  return `#compdef gimbal
_gimbal() {
  local -a commands=(
${names}  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local command=$words[2]
  (( CURRENT-- )); shift words
  case $command in
${cases.join('')}  esac
}
_gimbal "$@"
`;
}

function fish(commands: readonly Completed[]): string {
  const quoted = (text: string) => `'${text.replace(/[\\']/g, (found) => `\\${found}`)}'`;
  const names = commands.map(({ command }) => command).join(' ');
  const lines = commands.flatMap(({ command, description, options }) => [
    `complete -c gimbal -n "not __fish_seen_subcommand_from ${names}" -a ${command} -d ${quoted(description)}`,
    ...options.map(({ long, description, words }) => {
      const values = words.length > 0 ? ` -x -a ${quoted(words.join(' '))}` : '';
      return `complete -c gimbal -n "__fish_seen_subcommand_from ${command}" -l ${long.slice(2)} -d ${quoted(description)}${values}`;
    }),
  ]);
  return `${lines.join('\n')}\n`;
}
