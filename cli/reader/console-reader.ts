import type { AdvisedStream } from '../../shared/views/load-advised.ts';
import type { LedgerPage } from '../../shared/views/load-ledger.ts';
import type { ReconciliationView } from '../../shared/views/reconciliation-view.ts';
import { spellStory, type Story } from '../../shared/views/story/story.ts';
import { CommandError } from '../command.ts';
import { ConsoleRefusal, type ConsoleAnswer, type ConsoleClient } from '../console/console-client.ts';
import { maxSuggestedNames, unknownStreamMessage } from '../known-stream.ts';
import type { PipelineReader } from './pipeline-reader.ts';

/** The most gaps in an answer of the console. */
const maxGapsAtOnce = 500;

/** Makes a reader of the pipeline of a console, through its API. */
export function consoleReader(client: ConsoleClient): PipelineReader {
  /** Asks for something of a stream. @throws CommandError with a suggestion if there is no such stream. */
  const ofStream = async (
    stream: string,
    part: string,
    query: Readonly<Record<string, string | undefined>> = {},
  ): Promise<ConsoleAnswer['json']> => {
    try {
      return (await client.get(`/api/streams/${encodeURIComponent(stream)}${part}`, query)).json;
    } catch (error) {
      if (!(error instanceof ConsoleRefusal) || error.code !== 'unknown-stream') throw error;
      throw new CommandError(unknownStreamMessage(stream, await firstNames(client)), { cause: error });
    }
  };
  return {
    nowMs: () => Date.now(),
    streams: () => names(client),
    checkKnown: async (stream) => {
      await ofStream(stream, '');
    },
    advised: async (stream) => (await ofStream(stream, '/advice')) as unknown as AdvisedStream,
    ledger: async (stream, { states, limit, below }) =>
      (await ofStream(stream, '/ledger', {
        state: states.join(','),
        limit: String(Math.min(limit, maxGapsAtOnce)),
        below: below === undefined ? undefined : String(below),
      })) as unknown as LedgerPage,
    story: async (stream, id, at) => {
      const value = await ofStream(stream, `/ids/${encodeURIComponent(id)}`, { at });
      return { lines: spellStory(`${stream} ${id}`, value.story as Story), value };
    },
    reconciliations: async () => {
      const { json } = await client.get('/api/reconciliations');
      return json.reconciliations as readonly ReconciliationView[];
    },
  };
}

interface StreamPage {
  readonly streams: readonly { readonly stream: string }[];
  readonly next?: string;
}

async function* names(client: ConsoleClient): AsyncGenerator<string, void, undefined> {
  for (let page: string | undefined, isFirst = true; isFirst || page !== undefined; isFirst = false) {
    const found = (await client.get('/api/streams', { page })).json as unknown as StreamPage;
    yield* found.streams.map(({ stream }) => stream);
    page = found.next;
  }
}

async function firstNames(client: ConsoleClient): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const name of names(client)) {
    found.push(name);
    if (found.length === maxSuggestedNames) break;
  }
  return found;
}
