import { hasStream } from '../shared/views/load.ts';
import { CommandError } from './command.ts';
import type { Stores } from './stores.ts';
import { spellSuggestion } from './suggest.ts';

/** The number of names among which a mistyped one is looked for. */
const maxNames = 300;

/** @throws CommandError if nothing is stored of a stream, since its name is most likely mistyped. */
export async function checkKnownStream(stores: Stores, stream: string | undefined): Promise<void> {
  if (stream === undefined || (await hasStream(stores, stream))) return;
  const names = (await stores.blocks.streams(maxNames))?.names ?? [];
  const suggestion = spellSuggestion(stream, names) || ': eventmend streams lists the streams';
  throw new CommandError(`there is no stream ${stream}${suggestion}`);
}
