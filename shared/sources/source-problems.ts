import { defaultStream } from '../event.ts';
import { probeStream } from '../probe.ts';
import type { StreamSettings } from '../stream-settings.ts';
import { topicNames } from '../topology.ts';
import { publishTime } from './fields.ts';
import { eventsName, makeSource, type Source, type SourceDefinition } from './source.ts';
import { ownStreamOf } from './sources.ts';

type Definitions = ReadonlyMap<string, SourceDefinition>;

/** A topic id has at most 255 characters, and the name of a subscription is made of it. Pub/Sub keeps `goog` for itself. */
const namePattern = /^(?!goog)[A-Za-z][A-Za-z0-9._-]{2,59}$/;

/**
 * Lists the problems of sources that fit their schema.
 *
 * @param settingsOf Returns the settings of a source's streams.
 */
export function sourceProblems(
  definitions: Definitions,
  settingsOf: (source: Source) => Partial<StreamSettings>,
): readonly string[] {
  const own = [...definitions].filter(([name]) => name !== eventsName);
  return [
    ...eventsProblems(definitions.get(eventsName)),
    ...own.flatMap(([name, definition]) => [
      ...nameProblems(name),
      ...presetProblems(name, definition),
      ...streamProblems(name, definition),
      ...changeProblems(name, definition),
      ...publishTimeProblems(makeSource(name, definition), settingsOf),
    ]),
    ...ownerProblems(own),
  ];
}

function eventsProblems(definition: SourceDefinition | undefined): readonly string[] {
  return definition && Object.keys(definition).length > 0
    ? [`sources.${eventsName}: it always has the default format; give events of another format a source of their own`]
    : [];
}

function nameProblems(name: string): readonly string[] {
  const names: readonly string[] = [...topicNames, probeStream, defaultStream];
  if (names.includes(name)) return [`sources.${name} is the name of a topic or stream of Eventmend; take another name`];
  return namePattern.test(name)
    ? []
    : [
        `sources.${name}: a source's name has 3 to 60 letters, digits, ".", "_" and "-", the first a letter, and does not begin with goog`,
      ];
}

function presetProblems(name: string, { stream, fields }: SourceDefinition): readonly string[] {
  if (!fields || !('preset' in fields) || fields.sequence !== true) return [];
  const at = `sources.${name}.fields: sequence`;
  if (fields.preset !== 'cloudEvents') return [`${at} is an option of cloudEvents() only`];
  return Array.isArray(stream) && stream.includes('/source')
    ? []
    : [`${at} numbers the events of each source: stream must be a list with '/source'`];
}

function changeProblems(name: string, definition: SourceDefinition): readonly string[] {
  const { fields, next, formerly } = definition;
  const at = `sources.${name}`;
  if (next && formerly)
    return [`${at}: next and formerly are both set; finish one change of the uuid before the next one begins`];
  if (!next && !formerly) return [];
  if (!fields) return [`${at}: next and formerly need fields: in the default format the uuid does not change`];
  const { format, otherFormat = format } = makeSource(name, definition);
  return [
    ...(JSON.stringify(format.fields.timestamp) === JSON.stringify(otherFormat.fields.timestamp)
      ? []
      : [
          `${at}: next and formerly must read the timestamp as fields does; with another one an event is another event`,
        ]),
    ...(definition.split === undefined && format.split !== otherFormat.split
      ? [`${at}: next and formerly must split a message as fields does`]
      : []),
  ];
}

function streamProblems(name: string, { stream }: SourceDefinition): readonly string[] {
  return stream === defaultStream || stream === probeStream
    ? [`sources.${name}.stream is ${JSON.stringify(stream)}, which is not free; take another name`]
    : [];
}

function publishTimeProblems(
  source: Source,
  settingsOf: (source: Source) => Partial<StreamSettings>,
): readonly string[] {
  if (!source.format.fields.timestamp.includes(publishTime) || settingsOf(source).uuid === 'global') return [];
  return [
    `sources.${source.name}.fields.timestamp is 'publish-time': two copies of an event then have different timestamps, so streams.${ownStreamOf(source)}.uuid must be 'global'`,
  ];
}

/** Reports sources that write into one stream and do not agree how it is read. */
function ownerProblems(own: readonly (readonly [string, SourceDefinition])[]): readonly string[] {
  const first = new Map<string, readonly [string, SourceDefinition]>();
  const problems: string[] = [];
  for (const [name, definition] of own) {
    const stream = ownStreamOf(makeSource(name, definition));
    const [other, before] = first.get(stream) ?? [];
    if (other === undefined || !before) first.set(stream, [name, definition]);
    else if (Array.isArray(definition.stream) || Array.isArray(before.stream))
      problems.push(`sources.${name} and sources.${other} both take the name ${stream}; give one of them another name`);
    else if (JSON.stringify(definition.fields) !== JSON.stringify(before.fields))
      problems.push(
        `sources.${name} and sources.${other} write into the stream ${stream}; they must have the same fields`,
      );
  }
  return problems;
}
