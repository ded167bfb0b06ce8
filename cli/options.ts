import { parseArgs } from 'node:util';
import { parseDateOrTime, spelledTime } from '../shared/timestamps/iso8601.ts';
import { spellSuggestion } from './suggest.ts';

interface Described {
  /** One line of help, or several. */
  readonly help: string | readonly string[];
}

interface FlagOption extends Described {
  readonly kind: 'flag';
}

interface TextOption extends Described {
  readonly kind: 'text';
  /** The name of the value in the help: `FILE`. */
  readonly value: string;
  readonly default?: string;
}

/** A date or a time. The value is RFC 3339. */
interface TimeOption extends Described {
  readonly kind: 'time';
  /** The name of the value in the help: `TIME`. */
  readonly value: string;
  readonly default?: string;
}

/** A text that can be given several times. */
interface TextsOption extends Described {
  readonly kind: 'texts';
  /** The name of a value in the help: `A=V`. */
  readonly value: string;
}

interface ChoiceOption extends Described {
  readonly kind: 'choice';
  readonly words: readonly string[];
  /** The name of the value in the help. Without it, the help shows the words. */
  readonly value?: string;
  readonly default?: string;
}

/** A number in decimal digits. `integer` takes whole numbers only. */
interface NumberOption extends Described {
  readonly kind: 'integer' | 'number';
  readonly value: string;
  readonly min: number;
  readonly max: number;
  readonly default?: number;
}

type OptionDeclaration = FlagOption | TextOption | TimeOption | TextsOption | ChoiceOption | NumberOption;

/** The options of a command by name. Parsing and help follow from them. */
export type OptionDeclarations = Readonly<Record<string, OptionDeclaration>>;

type Given<Option> = Option extends { readonly kind: 'integer' | 'number' }
  ? number
  : Option extends { readonly words: readonly (infer Word)[] }
    ? Word
    : string;

type OptionValue<Option> = Option extends { readonly kind: 'flag' }
  ? boolean
  : Option extends { readonly kind: 'texts' }
    ? readonly string[]
    : Option extends { readonly default: unknown }
      ? Given<Option>
      : Given<Option> | undefined;

/** The values of declared options. An option that was not given has its default. */
export type OptionValues<Options extends OptionDeclarations> = {
  readonly [Name in keyof Options]: OptionValue<Options[Name]>;
};

/** The bounds of a seed. A larger seed would repeat the run of a smaller one: 2^32 acts as 0. */
export const seedBounds = { kind: 'integer', min: 0, max: 2 ** 32 - 1 } as const;

/** An option as it was given: `--seed 7` or, inline, `--seed=7`. */
interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

interface ParsedArguments<Options extends OptionDeclarations> {
  /** Valid only if there are no problems. */
  readonly values: OptionValues<Options>;
  readonly positionals: readonly string[];
  readonly problems: readonly string[];
}

/** Reads the arguments of a command. */
export function parseArguments<Options extends OptionDeclarations>(
  declared: Options,
  argv: readonly string[],
): ParsedArguments<Options> {
  // Not strict: Node's own messages do not name the bounds of a value.
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(Object.entries(declared).map(([name, { kind }]) => [name, { type: nodeType(kind) }])),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const values = new Map<string, unknown>(Object.entries(declared).map(([name, one]) => [name, defaultOf(one)]));
  const positionals: string[] = [];
  const problems: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(declared, token.name) ? declared[token.name] : undefined;
    const { value, problem } = option
      ? parseOption(option, token)
      : { problem: unknownOption(token.rawName, declared) };
    if (problem === undefined)
      values.set(token.name, option?.kind === 'texts' ? [...given(values, token.name), value] : value);
    else problems.push(problem);
  }
  return { values: Object.fromEntries(values) as OptionValues<Options>, positionals, problems };
}

/** Writes options as a user types them into a shell. Those that have their defaults are left out. */
export function spellOptions<Options extends OptionDeclarations>(
  declared: Options,
  values: OptionValues<Options>,
): string {
  return Object.entries(declared)
    .flatMap(([name, option]) => {
      const value = values[name];
      if (option.kind === 'texts') return (value as readonly string[]).map((one) => `--${name}=${shellWord(one)}`);
      if (value === undefined || value === defaultOf(option)) return [];
      return option.kind === 'flag' ? [`--${name}`] : [`--${name}=${shellWord(String(value))}`];
    })
    .join(' ');
}

/** Quotes a text unless the shell takes it as it is. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Says that there is no such option, and which one may have been meant. */
function unknownOption(rawName: string, declared: OptionDeclarations): string {
  return `there is no option ${rawName}${spellSuggestion(
    rawName,
    Object.keys(declared).map((name) => `--${name}`),
  )}`;
}

/** The values of an option so far. */
function given(values: ReadonlyMap<string, unknown>, name: string): readonly unknown[] {
  return values.get(name) as readonly unknown[];
}

function nodeType(kind: OptionDeclaration['kind']): 'boolean' | 'string' {
  return kind === 'flag' ? 'boolean' : 'string';
}

function defaultOf(option: OptionDeclaration): unknown {
  if (option.kind === 'texts') return [];
  return option.kind === 'flag' ? false : option.default;
}

interface ParsedOption {
  readonly value?: unknown;
  readonly problem?: string;
}

function parseOption(option: OptionDeclaration, { rawName, value, inlineValue }: OptionToken): ParsedOption {
  if (option.kind === 'flag') return value === undefined ? { value: true } : { problem: `${rawName} takes no value` };
  const parsed = value === undefined || value === '' ? undefined : parseValue(option, value);
  if (parsed === undefined) return { problem: `${rawName} must be ${spellKind(option)}` };
  // In `--out --json` the value of `--out` is missing. A single `-` is a value: standard output.
  if (inlineValue === false && /^-./.test(value ?? ''))
    return { problem: `${rawName} has no value (write ${rawName}=${value ?? ''} for a value that begins with -)` };
  return { value: parsed };
}

/** @returns Undefined for a value that the option does not take. */
function parseValue(option: Exclude<OptionDeclaration, FlagOption>, text: string): string | number | undefined {
  switch (option.kind) {
    case 'text':
    case 'texts':
      return text;
    case 'time': {
      const instant = parseDateOrTime(text);
      return instant && new Date(instant.ms).toISOString();
    }
    case 'choice':
      return option.words.includes(text) ? text : undefined;
    case 'integer':
    case 'number': {
      const number = (option.kind === 'integer' ? /^\d+$/ : /^\d+(\.\d+)?$/).test(text) ? Number(text) : Number.NaN;
      return number >= option.min && number <= option.max ? number : undefined;
    }
  }
}

function spellKind(option: Exclude<OptionDeclaration, FlagOption>): string {
  switch (option.kind) {
    case 'text':
    case 'texts':
      return `a text that is not empty (${option.value})`;
    case 'time':
      return spelledTime;
    case 'choice':
      return `one of ${option.words.join(', ')}`;
    case 'integer':
      return `a whole number from ${option.min} to ${option.max}`;
    case 'number':
      return `a number from ${option.min} to ${option.max}`;
  }
}

/** The lines of the help that explain options. */
export function drawOptions(options: OptionDeclarations): readonly string[] {
  const rows = Object.entries(options).map(([name, option]) => ({ call: callOf(name, option), help: helpOf(option) }));
  const width = Math.max(...rows.map(({ call }) => call.length));
  return rows.flatMap(({ call, help }) => help.map((line, i) => `  ${(i === 0 ? call : '').padEnd(width)}   ${line}`));
}

function callOf(name: string, option: OptionDeclaration): string {
  if (option.kind === 'flag') return `--${name}`;
  return `--${name} ${option.value ?? (option.kind === 'choice' ? option.words.join('|') : '')}`;
}

function helpOf(option: OptionDeclaration): readonly string[] {
  const lines = typeof option.help === 'string' ? [option.help] : option.help;
  const byDefault = option.kind === 'flag' || option.kind === 'texts' ? undefined : option.default;
  if (byDefault === undefined) return lines;
  return lines.map((line, i) => (i === lines.length - 1 ? `${line} (default: ${byDefault})` : line));
}
