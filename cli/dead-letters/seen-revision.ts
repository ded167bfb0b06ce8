import { CommandError } from '../command.ts';
import type { ConsoleClient } from '../console/console-client.ts';
import type { OptionDeclarations } from '../options.ts';
import { apiLetterPath } from './api-path.ts';

export const revisionOption = {
  'if-revision': {
    kind: 'integer',
    value: 'N',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    help: 'only if the letter has this revision; without it: the revision that it has now',
  },
} as const satisfies OptionDeclarations;

/** Returns the revision that a change rests on. */
export async function seenRevision(client: ConsoleClient, id: string, given: number | undefined): Promise<number> {
  if (given !== undefined) return given;
  const { revision } = await client.get(apiLetterPath(id));
  if (revision === undefined) throw new CommandError(`the console says no revision of ${id}`);
  return revision;
}
