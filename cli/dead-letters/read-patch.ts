import { readFile } from 'node:fs/promises';
import { CommandError } from '../command.ts';
import { JsonText } from '../console/console-client.ts';

/** Reads a JSON Patch from a file. The console checks its operations. */
export async function readPatch(file: string): Promise<JsonText> {
  const text = await readFile(file, 'utf8');
  try {
    JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandError(`${file} is not JSON: a JSON Patch is a list such as [{"op":"remove","path":"/data/x"}]`);
  }
  return new JsonText(text);
}
