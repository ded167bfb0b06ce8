import type { Readable, Writable } from 'node:stream';
import type { ParseArgsConfig } from 'node:util';

/** What a command reads and writes besides the files that it is given. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends what stays up. */
  readonly signal: AbortSignal;
}

export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

export interface Command {
  readonly summary: string;
  /** The lines of its help: how it is called, then its options. */
  readonly usage: readonly string[];
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** @returns The exit code. */
  readonly run: (args: Arguments, io: Io) => Promise<number>;
}

/** Says that a command was called in a way that it does not understand: exit code 2. */
export class UsageError extends Error {}

/** The value of an option that is one of a few words. */
export function choice<T extends string>(args: Arguments, name: string, words: readonly [T, ...T[]]): T {
  const value = args.values[name] ?? words[0];
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw new UsageError(`--${name} is one of ${words.join(', ')}`);
  return word;
}

export function text(args: Arguments, name: string): string | undefined {
  const value = args.values[name];
  return typeof value === 'string' ? value : undefined;
}

/** Resolves when the text has been handed on: who waits for it is never faster than the reader. */
export function write(to: Writable, chunk: string): Promise<void> {
  return new Promise((resolve, reject) => {
    to.write(chunk, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
