import type { Readable, Writable } from 'node:stream';
import { settingsIn, type Env } from '../shared/env.ts';
import { spellSuggestion } from './suggest.ts';
import { drawOptions, parseArguments, type OptionDeclarations, type OptionValues } from './options.ts';

/** The standard streams and the environment of a command. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Env;
  /** Aborts when the user ends the command: by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}

export interface Arguments<Options extends OptionDeclarations, Positionals extends readonly string[]> {
  readonly values: OptionValues<Options>;
  /** One for each argument that the command declares. */
  readonly positionals: { readonly [Index in keyof Positionals]: string };
  /** The arguments behind them. Empty unless the command declares `rest`. */
  readonly rest: readonly string[];
}

interface CommandDefinition<Options extends OptionDeclarations, Positionals extends readonly string[]> {
  readonly name: string;
  /** How a user calls the command. Without it: `eventmend NAME`. */
  readonly calledAs?: string;
  readonly summary: string;
  /** The names of the arguments that are not options. All of them are required. */
  readonly positionals: Positionals;
  /** The name of further arguments, of which any number can follow. */
  readonly rest?: string;
  readonly options: Options;
  /** The lines of the help below the options. */
  readonly notes: readonly string[];
  /** Commands that are called by their name behind the name of this one. */
  readonly subcommands?: readonly Command[];
  /** A command without it needs the name of a subcommand. @returns The exit code. */
  readonly run?: (args: Arguments<Options, Positionals>, io: Io) => Promise<number>;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly positionals: readonly string[];
  readonly options: OptionDeclarations;
  readonly subcommands: readonly Command[];
  /** The lines of its help: the call, the options and the notes, and then the help of its subcommands. */
  readonly usage: readonly string[];
  /** Runs the command. @returns The exit code. @throws UsageError with all problems of the arguments. */
  readonly run: (argv: readonly string[], io: Io) => Promise<number>;
}

/** An error that a user understands without a stack. */
export class CommandError extends Error {
  readonly exitCode: number = 1;
}

/** An error in the arguments or the environment of a command. */
export class UsageError extends CommandError {
  override readonly exitCode: number = 2;
}

/** Makes a command from its definition. Parsing, bounds, messages and help work alike for all commands. */
export function makeCommand<const Options extends OptionDeclarations, const Positionals extends readonly string[]>(
  definition: CommandDefinition<Options, Positionals>,
): Command {
  const {
    name,
    calledAs = `eventmend ${name}`,
    summary,
    positionals: wanted,
    rest,
    options,
    notes,
    subcommands = [],
  } = definition;
  const hasOptions = Object.keys(options).length > 0;
  const names = subcommands.map((one) => one.name);
  const usage = [
    [
      calledAs,
      ...(definition.run ? [] : [names.join('|')]),
      ...wanted,
      ...(rest === undefined ? [] : [`[${rest}…]`]),
      ...(hasOptions ? ['[options]'] : []),
    ].join(' '),
    '',
    ...(hasOptions ? [...drawOptions(options), ''] : []),
    ...notes,
    ...subcommands.flatMap((one) => ['', ...one.usage]),
  ];
  const refuse = (problem: string): never => {
    throw new UsageError(`${problem}\nsee ${calledAs} --help`);
  };
  const run = async (argv: readonly string[], io: Io): Promise<number> => {
    const [typed = ''] = argv;
    const called = subcommands.find((one) => one.name === typed);
    if (called) return called.run(argv.slice(1), io);
    if (names.length > 0 && /^[^-]/.test(typed)) return refuse(noSubcommand(name, typed, names));
    const { values, positionals, problems } = parseArguments(options, argv);
    // A word behind a misspelt option is most likely its value.
    if (problems.length > 0) return refuse(problems.join('; '));
    const isComplete = rest === undefined ? positionals.length === wanted.length : positionals.length >= wanted.length;
    if (!isComplete) return refuse(`${name} takes ${listOf(wanted)}`);
    if (!definition.run) return refuse(`${name} takes one of ${names.join(', ')}`);
    const args = {
      values,
      positionals: positionals.slice(0, wanted.length) as unknown as Arguments<Options, Positionals>['positionals'],
      rest: positionals.slice(wanted.length),
    };
    return definition.run(args, { ...io, env: settingsIn(io.env) });
  };
  return { name, summary, positionals: wanted, options, subcommands, usage, run };
}

/** Says that a command has no such subcommand, and which one may have been meant. */
export function noSubcommand(name: string, typed: string, names: readonly string[]): string {
  return `${name} has no command ${typed}${spellSuggestion(typed, names) || `: its commands are ${names.join(', ')}`}`;
}

function listOf(positionals: readonly string[]): string {
  return positionals.length === 0 ? 'no arguments' : positionals.map((one) => `one ${one}`).join(' and ');
}

/**
 * Writes text, and resolves when the stream has passed it on. A caller that waits for this never writes faster than the
 * reader reads.
 */
export function write(to: Writable, chunk: string, encoding: BufferEncoding = 'utf8'): Promise<void> {
  return new Promise((resolve, reject) => {
    to.write(chunk, encoding, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
