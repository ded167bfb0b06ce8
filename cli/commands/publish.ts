import { formatCount } from '../../shared/views/format.ts';
import { openProject } from '../../shared/gcp/project.ts';
import { presetNames } from '../../shared/sources/presets.ts';
import { sourceOfTopic, topicOfSource } from '../../shared/sources/source-topic.ts';
import { topicNames } from '../../shared/topology.ts';
import { catalogOption, chooseCatalog } from '../catalog-file/chosen-catalog.ts';
import { findOpenSource, formatOption } from '../chosen-source.ts';
import { makeCommand, type Arguments, type Io } from '../command.ts';
import { openEvents } from '../input/event-file.ts';
import { atOption, checkAt, fileNotes, findInput } from '../input/input-file.ts';
import { checkStream, connectionOf, streamOption, atEmulator } from '../connection.ts';
import type { OptionDeclarations } from '../options.ts';
import { ProgressBar } from '../screen/progress-bar.ts';
import { publishFile, type Published } from '../publish/publish-file.ts';
import { thousands } from '../screen/table.ts';
import { checkListening } from '../listening.ts';
import { summaries } from '../summaries.ts';

const options = {
  stream: streamOption,
  at: atOption,
  rate: { kind: 'number', value: 'N', min: 0.001, max: 1_000_000, help: 'publish at most N events a second' },
  topic: { kind: 'choice', value: 'NAME', words: topicNames, default: 'events', help: 'publish to this topic' },
  source: { kind: 'text', value: 'NAME', help: 'publish to this source of the catalog, in place of a topic' },
  format: {
    ...formatOption,
    help: ['publish to the source of the catalog that reads this format:', presetNames.join(', ')],
  },
  catalog: catalogOption,
} as const satisfies OptionDeclarations;

export const publish = makeCommand({
  name: 'publish',
  summary: summaries.publish,
  positionals: ['FILE'],
  options,
  notes: [
    ...fileNotes,
    'Publishes to the emulator at PUBSUB_EMULATOR_HOST, or else to the project GOOGLE_CLOUD_PROJECT.',
    'Exit code 0: every event is published. 1: some are not, or an error. 2: wrong arguments.',
  ],
  run: runPublish,
});

async function runPublish({ values, positionals }: Arguments<typeof options, ['FILE']>, io: Io): Promise<number> {
  const [file] = positionals;
  const { stream, at, rate: ratePerSecond = Number.POSITIVE_INFINITY } = values;
  const catalog = await chooseCatalog(values.catalog, io);
  const source = findOpenSource(catalog.sources, values);
  const topic = source ? topicOfSource(source.name) : values.topic;
  checkStream(stream);
  checkAt(at);
  const connection = connectionOf(io);
  const input = await findInput(file, io);
  const bar = new ProgressBar(io.stderr, input.size);
  const events = await openEvents(bar.follow(input.open()), { name: input.name, at });
  await checkListening('PUBSUB_EMULATOR_HOST', io.env.PUBSUB_EMULATOR_HOST);
  const { publisher, clients } = openProject(connection, catalog);
  try {
    const { signal } = io;
    const published = await publishFile({
      events,
      topic,
      stream: topic === values.topic ? stream : undefined,
      ratePerSecond,
      publisher,
      bar,
      signal,
    });
    io.stdout.write(report(published, `${sourceOfTopic(topic) ?? topic} of ${connection.projectId}${atEmulator(io)}`));
    if (published.problem !== undefined) io.stderr.write(`eventmend: ${input.name}: ${published.problem}\n`);
    if (published.unpublished) io.stderr.write(complaint(published));
    return published.unpublished || published.isEnded ? 1 : 0;
  } finally {
    await clients.close();
  }
}

function report({ count, bytes, tookMs }: Published, target: string): string {
  const seconds = (tookMs / 1_000).toFixed(1);
  const events = formatCount(count, 'event');
  return `published ${events} (${thousands(bytes)} bytes) to ${target} in ${seconds} s\n`;
}

function complaint({ unpublished, isEnded }: Published): string {
  if (!unpublished) return '';
  const { count, firstLine, reason } = unpublished;
  const events = `${formatCount(count, 'event')} ${count === 1 ? 'is' : 'are'}`;
  const rest = isEnded ? ', and the rest of the file was not read' : '';
  return `eventmend: ${events} not published, the first on line ${firstLine}${rest}: ${reason}\n`;
}
