import { prefixOf } from './escaped-name.ts';
import { eventsName, eventsSource, makeSource, type Source, type SourceDefinition } from './source.ts';

/** The sources of a catalog. */
export interface Sources {
  /** All sources, `events` first. */
  readonly all: readonly Source[];
  find(name: string): Source | undefined;
  /** Returns the sources that may write into a stream. */
  writersOf(stream: string): readonly Source[];
}

/** Makes the sources of checked definitions. */
export function makeSources(definitions: ReadonlyMap<string, SourceDefinition>): Sources {
  const own = [...definitions].filter(([name]) => name !== eventsName).map((entry) => makeSource(...entry));
  const byName = new Map([eventsSource, ...own].map((source) => [source.name, source]));
  const byStream = new Map<string, Source[]>();
  for (const source of own) {
    const stream = ownStreamOf(source);
    byStream.set(stream, [...(byStream.get(stream) ?? []), source]);
  }
  return {
    all: [...byName.values()],
    find: (name) => byName.get(name),
    writersOf: (stream) => byStream.get(prefixOf(stream) ?? stream) ?? [eventsSource],
  };
}

/**
 * Returns the stream name that a source takes from all others. A source whose streams are made of values takes its own
 * name, under which the catalog has the settings of these streams.
 */
export function ownStreamOf({ name, stream }: Source): string {
  return typeof stream === 'object' && 'fixed' in stream ? stream.fixed : name;
}
