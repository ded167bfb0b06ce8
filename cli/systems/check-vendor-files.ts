import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vendorProblems, type VendorFile } from './vendor-files.ts';
import { vendorPaths } from './vendor-paths.ts';

/** Compares the list of the vendors' paths with the OpenAPI files in a directory, and in those below it. */
export async function checkVendorFiles(
  directory: string,
): Promise<{ readonly files: number; readonly problems: readonly string[] }> {
  const names = await readdir(directory, { recursive: true });
  const files: VendorFile[] = [];
  for (const name of names.filter((each) => each.endsWith('.json'))) {
    const content = parse(await readFile(join(directory, name), 'utf8'));
    if (typeof content === 'object' && content !== null && 'paths' in content) files.push({ name, content: content });
  }
  return { files: files.length, problems: vendorProblems(files, vendorPaths) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
