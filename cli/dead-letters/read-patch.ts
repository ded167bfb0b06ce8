import { readFile } from 'node:fs/promises';
import { CommandError } from '../command.ts';

/** Reads a JSON Patch from a file. The console checks its operations. */
export async function readPatch(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandError(`${file} is not JSON: a JSON Patch is a list such as [{"op":"remove","path":"/data/x"}]`);
  }
}
