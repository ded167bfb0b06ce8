import { constants, createReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { UsageError, type Io } from '../command.ts';
import { parsePointer } from './pointer-splitter.ts';

/** The file that a command reads: FILE, or `-` for standard input. */
export interface InputFile {
  /** The name of the file, for people. */
  readonly name: string;
  /** In bytes. Undefined for standard input. */
  readonly size: number | undefined;
  readonly open: () => Readable;
}

/** Finds a file. Reading it ends with the signal. @throws Error if the file cannot be read. */
export async function findInput(file: string, { stdin, signal }: Pick<Io, 'stdin' | 'signal'>): Promise<InputFile> {
  if (file === '-') return { name: 'standard input', size: undefined, open: () => addAbortSignal(signal, stdin) };
  await access(file, constants.R_OK);
  const about = await stat(file);
  if (about.isDirectory()) throw new UsageError(`EISDIR: ${file} is a directory: name one of its files`);
  return { name: file, size: about.isFile() ? about.size : undefined, open: () => createReadStream(file, { signal }) };
}

/** The lines of the help of each command that reads a file of events. */
export const fileNotes = [
  'FILE holds JSON lines, an array, objects one after another, CSV with a header, or messages that gcloud pulled,',
  'compressed with gzip or not: see docs/cli/event-files.md. - stands for standard input.',
] as const;

/** The option `--at` of each command that reads a file of events. */
export const atOption = {
  kind: 'text',
  value: 'POINTER',
  help: 'JSON Pointer to the array of events in the file, such as /events',
} as const;

/** Checks the value of `--at`. @throws UsageError if it is no JSON Pointer. */
export function checkAt(at: string | undefined): void {
  if (at !== undefined && !parsePointer(at))
    throw new UsageError(`--at takes a JSON Pointer, which begins with a slash: --at /${at.replace(/^\W+/, '')}`);
}
