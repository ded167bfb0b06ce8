import type { Summary } from '../../cli/clean/books.ts';
import { clean } from '../../cli/commands/clean.ts';
import { runCommand, type Directory } from './command-run.ts';

/** A line of `--dead-letters`. */
export interface LetterLine {
  readonly code: string;
  readonly stage: string;
  readonly detail: string;
  readonly line: number | null;
  readonly stream: string;
  readonly original?: string;
  readonly originalBase64?: string;
}

/** Cleans a file, and reads the result, the clean events and the dead letters. */
export async function runClean(directory: Directory, content: string | Uint8Array, options: readonly string[]) {
  const file = await directory.write('in', content);
  const files = ['--out', directory.file('out'), '--dead-letters', directory.file('letters')];
  const { code, stdout } = await runCommand(clean, [file, ...files, '--json', ...options]);
  return {
    code,
    summary: JSON.parse(stdout) as Summary,
    out: await directory.lines('out'),
    letters: await directory.json<LetterLine>('letters'),
  };
}

/**
 * Writes a catalog with which few events are enough to infer one, and no event that moves money is inferred.
 *
 * @returns The option that names it.
 */
export async function boldCatalog(directory: Directory): Promise<readonly [string, string]> {
  const catalog = { types: { Transaction: { inferable: false } }, streams: { default: { minConfidence: 0 } } };
  return ['--catalog', await directory.write('bold.mjs', `export const catalog = ${JSON.stringify(catalog)};`)];
}
