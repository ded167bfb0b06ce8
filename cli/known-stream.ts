import { hasStream } from '../shared/views/load.ts';
import { CommandError } from './command.ts';
import type { Stores } from './stores.ts';
import { spellSuggestion } from './suggest.ts';

/** The number of names among which a mistyped one is looked for. */
export const maxSuggestedNames = 300;

/** @throws CommandError if nothing is stored of a stream, since its name is most likely mistyped. */
export async function checkKnownStream(stores: Stores, stream: string | undefined): Promise<void> {
  if (stream === undefined || (await hasStream(stores, stream))) return;
  const names = (await stores.blocks.streams(maxSuggestedNames))?.names ?? [];
  throw new CommandError(unknownStreamMessage(stream, names));
}

/** Says that there is no such stream, and which of some names may have been meant. */
export function unknownStreamMessage(stream: string, names: readonly string[]): string {
  return `there is no stream ${stream}${spellSuggestion(stream, names) || ': eventmend streams lists the streams'}`;
}
