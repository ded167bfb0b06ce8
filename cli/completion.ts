import type { Command } from './command.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** A place on the command line, by the words before it, and the words that can stand there. */
interface CompletedPlace {
  readonly before: readonly string[];
  /** The option right before it, whose values the words are. Undefined if it is no place of a value. */
  readonly option?: string;
  readonly words: readonly string[];
}

/** Draws the script by which a shell completes the names of commands and options. */
export function drawCompletion(shell: Shell, commands: readonly Command[]): string {
  const places = [
    { before: [], words: commands.map(({ name }) => name) },
    ...commands.flatMap((one) => placesOf(one, [])),
  ];
  return shell === 'fish' ? fishScript(places) : bashScript(places, shell);
}

function placesOf({ name, options, subcommands }: Command, above: readonly string[]): readonly CompletedPlace[] {
  const before = [...above, name];
  const words = [
    ...subcommands.map((one) => one.name),
    ...Object.keys(options).map((option) => `--${option}`),
    '--help',
  ];
  const values = Object.entries(options).flatMap(([option, declared]) =>
    declared.kind === 'choice' ? [{ before, option, words: declared.words }] : [],
  );
  return [...values, { before, words }, ...subcommands.flatMap((one) => placesOf(one, before))];
}

/**
 * The place with the most words before it comes first, so that a subcommand wins over its command. `npx eventmend` is
 * completed, too.
 */
function bashScript(places: readonly CompletedPlace[], shell: 'bash' | 'zsh'): string {
  const cases = places
    .toSorted((a, b) => b.before.length - a.before.length)
    .map(({ before, option, words }) => {
      const value = option === undefined ? '' : `"--${option} "`;
      return `    "${[...before, ''].join(' ')}"*${value}) words="${words.join(' ')}" ;;`;
    });
  return [
    ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
    '_eventmend() {',
    '  local words before="${COMP_WORDS[*]:1:COMP_CWORD-1} "',
    '  case "${before# }" in',
    ...cases,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '}',
    '_eventmend_npx() {',
    '  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W eventmend -- "${COMP_WORDS[1]}")); return; fi',
    '  [ "${COMP_WORDS[1]}" = eventmend ] || return',
    '  COMP_WORDS=("${COMP_WORDS[@]:1}")',
    '  COMP_CWORD=$((COMP_CWORD - 1))',
    '  _eventmend',
    '}',
    'complete -o default -F _eventmend eventmend',
    'complete -o default -F _eventmend_npx npx',
    '',
  ].join('\n');
}

function fishScript(places: readonly CompletedPlace[]): string {
  const lines = places.map(({ before, option, words }) => {
    const seen = before.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
    const value = option === undefined ? '-a' : `-l ${option} -xa`;
    return `complete -c eventmend -n '${before.length === 0 ? '__fish_use_subcommand' : seen}' ${value} '${words.join(' ')}'`;
  });
  return [...lines, ''].join('\n');
}
