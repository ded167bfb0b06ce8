import { constants } from 'node:fs';
import { access, chmod, open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CommandError, UsageError, write, type Io } from './command.ts';

/** An output of a command: a file, or standard output. */
export interface OutputSink {
  readonly write: (text: string) => Promise<void>;
  /** Makes the output visible under its name. @throws CommandError if it cannot be written. */
  readonly complete: () => Promise<void>;
  /** Removes what was written, as far as nobody has read it. Does nothing after `complete`. */
  readonly discard: () => Promise<void>;
}

/** Opens an output: `-` is standard output. Nothing is written to the named file before `complete`. */
export async function openOutput(name: string, { stdout }: Pick<Io, 'stdout'>): Promise<OutputSink> {
  if (name === '-') return { write: (text) => write(stdout, text), complete: nothing, discard: nothing };
  return explained(name, () => OutputFile.open(name));
}

/**
 * A file that is written aside, in the same folder and under a name of its own, and renamed at the end. A run that ends
 * early leaves the file under its name as it was.
 */
class OutputFile implements OutputSink {
  private readonly name: string;
  private readonly handle: FileHandle;
  private readonly target: string;
  /** The same as `target` for a pipe or a device, which cannot be written aside. */
  private readonly aside: string;
  private isClosed = false;

  private constructor(name: string, handle: FileHandle, target: string, aside: string) {
    this.name = name;
    this.handle = handle;
    this.target = target;
    this.aside = aside;
  }

  static async open(name: string): Promise<OutputFile> {
    const target = await realpath(name).catch(() => name);
    const before = await stat(target).catch(() => undefined);
    if (before?.isDirectory()) throw new UsageError(`${name} is a directory: name a file`);
    if (before && !before.isFile()) return new OutputFile(name, await open(target, 'w'), target, target);
    if (before) await access(target, constants.W_OK);
    const aside = join(dirname(target), `.${basename(target)}.${process.pid}.partial`);
    const handle = await open(aside, 'w');
    // The file keeps the permissions that it had.
    if (before) await chmod(aside, before.mode);
    return new OutputFile(name, handle, target, aside);
  }

  write(text: string): Promise<void> {
    return explained(this.name, () => this.handle.writeFile(text));
  }

  complete(): Promise<void> {
    return explained(this.name, async () => {
      if (this.aside !== this.target) await this.handle.sync();
      await this.close();
      if (this.aside !== this.target) await rename(this.aside, this.target);
    });
  }

  async discard(): Promise<void> {
    if (this.isClosed) return;
    await this.close();
    if (this.aside !== this.target) await rm(this.aside, { force: true });
  }

  private async close(): Promise<void> {
    this.isClosed = true;
    await this.handle.close();
  }
}

async function nothing(): Promise<void> {
  // Standard output needs neither an end nor a clean-up.
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the quota of the disk is used up',
  EACCES: 'permission denied, for the file or its folder',
  EPERM: 'permission denied, for the file or its folder',
  EROFS: 'the disk is read-only',
  ENOENT: 'its folder does not exist',
};

/** Runs a step of writing a file. @throws CommandError that names the file and says why it cannot be written. */
async function explained<T>(name: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CommandError(`cannot write ${name}: ${reasons[code] ?? message}`, { cause: error });
  }
}
