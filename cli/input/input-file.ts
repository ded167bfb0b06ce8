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

/** Finds a file. Reading it ends with the signal. @throws UsageError if the file cannot be read. */
export async function findInput(file: string, { stdin, signal }: Pick<Io, 'stdin' | 'signal'>): Promise<InputFile> {
  if (file === '-') return { name: 'standard input', size: undefined, open: () => addAbortSignal(signal, stdin) };
  await checkReadable(file);
  const about = await stat(file);
  return { name: file, size: about.isFile() ? about.size : undefined, open: () => createReadStream(file, { signal }) };
}

const unreadable: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'this user may not read it',
};

/** Checks that a file can be read. @throws UsageError if it cannot. */
export async function checkReadable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    const reason = unreadable[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw error;
    throw new UsageError(`cannot read ${file}: ${reason}`, { cause: error });
  }
  if ((await stat(file)).isDirectory()) throw new UsageError(`${file} is a directory: name one of its files`);
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
