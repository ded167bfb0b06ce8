import { z } from 'zod';

/*
 * The kinds of settings. A setting is a member of a zod object. It has one of these kinds, `.default()` or
 * `.optional()` if it need not be set, and `.describe()` with one line of Markdown. Types, defaults, problems and the
 * tables of docs/ follow from that. The message of a kind says which values it takes. It completes the sentence "it
 * must be ...".
 */

/** A number of milliseconds. Infinity is allowed. */
export function milliseconds(min: number, reason = '') {
  return numberFrom(min, Infinity, `a number of milliseconds, ${min} or more${reason}`);
}

/** A number of ids. Infinity is allowed. */
export function count(min: number) {
  return numberFrom(min, Infinity, `a number, ${min} or more`);
}

/** A whole number, at most 2^53 − 1. */
export function wholeNumber(min: number) {
  const error = `a whole number, ${min} or more`;
  return z.number({ error }).refine((value) => Number.isSafeInteger(value) && value >= min, { error });
}

/** A number of assumed observations. It may be a fraction. */
export function weight(min: number) {
  return numberFrom(min, 1_000_000, `a number from ${min} to 1000000`);
}

export function share() {
  return numberFrom(0, 1, 'a number from 0 to 1');
}

export function eventId() {
  const fits = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
  return z.custom<number>(fits, { error: 'an id: a whole number from 0 to 9007199254740991' });
}

export function oneOf<const Values extends readonly [string, ...string[]]>(...values: Values) {
  return z.enum(values, { error: `one of ${values.map((value) => `'${value}'`).join(', ')}` });
}

export function flag() {
  return z.boolean({ error: 'true or false' });
}

/** The path of a member of an event, such as `data.case`. */
export function memberPath() {
  return z.string({ error: 'a path such as data.case' });
}

/** A list of members of an event, as JSON Pointers (RFC 6901). */
export function pointers() {
  const pointer = text(/^(?:\/(?:[^~/]|~[01])*)+$/, 'a JSON Pointer such as /attempt');
  return z.array(pointer, { error: 'a list of JSON Pointers such as /attempt' }).readonly();
}

/** A JSON pointer (RFC 6901) to a value inside a document, such as `/data/amount`. */
export function jsonPointer() {
  return text(/^(?:\/(?:[^/~]|~[01])*)+$/, 'a JSON pointer such as /data/amount');
}

export function zodSchema() {
  return z.custom<z.ZodType>((value) => value instanceof z.ZodType, { error: 'a zod schema' });
}

/** A text that matches a pattern. @param wanted The pattern in words. */
export function text(pattern: RegExp, wanted: string) {
  return z.string({ error: wanted }).regex(pattern, { error: wanted });
}

/** A number in decimal digits. `Number` alone would read " " as 0, and "0x10" as 16. */
export function numberText(pattern: RegExp, isAllowed: (value: number) => boolean, wanted: string) {
  return text(pattern, wanted)
    .refine((digits) => isAllowed(Number(digits)), { error: wanted })
    .transform(Number);
}

/**
 * A number in a range. `z.number()` would refuse Infinity. With `abort: false` a union reports which of its options is
 * wrong.
 */
function numberFrom(min: number, max: number, wanted: string) {
  const fits = (value: unknown): boolean => typeof value === 'number' && value >= min && value <= max;
  return z.custom<number>(fits, { error: wanted, abort: false });
}

/** Parses settings. Each invalid setting makes a problem: its path, its value, and what it must be. */
export function parseSettings<Settings>(
  schema: z.ZodType<Settings>,
  value: unknown,
): { readonly settings: Settings | undefined; readonly problems: readonly string[] } {
  const { data: settings, error } = schema.safeParse(value, { reportInput: true });
  const problems = new Map<string, string>();
  for (const { path, input, message } of error?.issues ?? []) {
    const name = path.join('.');
    if (!problems.has(name)) problems.set(name, `${name} ${spellState(input)}; it must be ${message}`);
  }
  return { settings, problems: [...problems.values()] };
}

/** Reports the members of an object that are no settings of a schema, such as a misspelt one. @param path Its place, with a dot. */
export function unknownMembers({ shape }: z.ZodObject, value: unknown, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const known = Object.keys(shape);
  return Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => `${path}${name} is not known; known are ${known.join(', ')}`);
}

function spellState(value: unknown): string {
  if (value === undefined) return 'is not set';
  if (typeof value === 'string') return `is ${JSON.stringify(value)}`;
  return typeof value === 'number' || typeof value === 'boolean' ? `is ${value}` : `is of type ${typeof value}`;
}

/** A row of a table of settings. */
export interface SettingDescription {
  readonly name: string;
  /** The allowed values, in words. */
  readonly takes: string;
  /** Undefined if there is no default. */
  readonly default: unknown;
  /** The description, one line of Markdown. */
  readonly description: string;
}

/** Lists the settings of a schema, in the order of declaration. */
export function describeSettings({ shape }: z.ZodObject): readonly SettingDescription[] {
  return Object.entries(shape as Readonly<Record<string, z.ZodType>>).map(([name, schema]) => ({
    name,
    takes: schema.safeParse(Symbol('no setting takes it')).error?.issues[0]?.message ?? '',
    default: schema.safeParse(undefined).data,
    description: schema.description ?? '',
  }));
}
