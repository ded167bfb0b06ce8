import { constants, createReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { UsageError, type Io } from './command.ts';

/** The file that a command reads: FILE, or `-` for standard input. */
export interface InputFile {
  /** In bytes. Undefined for standard input. */
  readonly size: number | undefined;
  readonly open: () => Readable;
}

/** Finds a file. @throws Error if the file cannot be read. */
export async function findInput(file: string, { stdin }: Pick<Io, 'stdin'>): Promise<InputFile> {
  if (file === '-') return { size: undefined, open: () => stdin };
  await access(file, constants.R_OK);
  const about = await stat(file);
  if (about.isDirectory()) throw new UsageError(`EISDIR: ${file} is a directory`);
  return { size: about.size, open: () => createReadStream(file) };
}
