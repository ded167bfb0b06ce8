import { readFile } from 'node:fs/promises';
import { UsageError } from '../command.ts';
import { JsonText } from '../console/console-client.ts';
import { checkReadable } from '../input/input-file.ts';

/** Reads a JSON Patch from a file. The console checks its operations. */
export async function readPatch(file: string): Promise<JsonText> {
  await checkReadable(file);
  const text = await readFile(file, 'utf8');
  if (!isList(text))
    throw new UsageError(`${file} is no JSON Patch, which is a list such as [{"op":"remove","path":"/data/x"}]`);
  return new JsonText(text);
}

function isList(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}
