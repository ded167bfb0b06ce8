import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { Command, Io } from '../../cli/command.ts';

/** A writable stream that keeps its content. */
class Kept extends Writable {
  private readonly parts: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.parts.push(chunk);
    callback();
  }

  get text(): string {
    return Buffer.concat(this.parts).toString();
  }
}

export interface CommandOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process, with streams in memory. */
export async function runCommand(
  command: Command,
  argv: readonly string[],
  stdin: Uint8Array[] = [],
  env: Io['env'] = {},
  signal = new AbortController().signal,
): Promise<CommandOutcome> {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const io: Io = { stdin: Readable.from(stdin), stdout, stderr, env, signal };
  const code = await command.run(argv, io);
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** A temporary directory for one test file. It is created before the tests and removed after them. */
export class Directory {
  private path = '';

  constructor() {
    beforeAll(async () => {
      this.path = await mkdtemp(join(tmpdir(), 'eventmend-test-'));
    });
    afterAll(() => rm(this.path, { recursive: true }));
  }

  file(name: string): string {
    return join(this.path, name);
  }

  async write(name: string, content: string | Uint8Array): Promise<string> {
    await writeFile(this.file(name), content);
    return this.file(name);
  }

  /** The lines of a file, each of which ends with a line break. */
  async lines(name: string): Promise<string[]> {
    const text = await readFile(this.file(name), 'utf8');
    if (text !== '' && !text.endsWith('\n')) throw new Error(`the last line of ${name} does not end`);
    return text.split('\n').slice(0, -1);
  }

  async json<T>(name: string): Promise<T[]> {
    return (await this.lines(name)).map((line) => JSON.parse(line) as T);
  }
}
