import { open, stat } from 'node:fs/promises';
import { makeClients } from '../shared/gcp/clients.ts';
import { PubSubPublisher } from '../shared/gcp/publisher.ts';
import { topicNames } from '../shared/topology.ts';
import { choice, text, UsageError, type Arguments, type Command, type Io } from './command.ts';
import { connectionOf, streamOf, where } from './connection.ts';
import { ProgressBar } from './progress-bar.ts';
import { publishFile, type Published } from './publish-file.ts';
import { thousands } from './table.ts';

export const publish: Command = {
  summary: 'publish a file of events to Pub/Sub, or to its emulator',
  usage: [
    'eventmend publish FILE [options]      FILE: a JSON event a line, or one JSON array; - for standard input',
    '',
    '  --stream NAME   name of the stream (default: default)',
    '  --rate N        events a second, at the most',
    '  --topic NAME    the topic (default: events)',
    '',
    'Publishes to the emulator at PUBSUB_EMULATOR_HOST, or else to the project GOOGLE_CLOUD_PROJECT.',
    'Exit code 0: every event is published. 1: some are not, or an error. 2: wrong arguments.',
  ],
  options: { stream: { type: 'string' }, rate: { type: 'string' }, topic: { type: 'string' } },
  run: runPublish,
};

async function runPublish(args: Arguments, io: Io): Promise<number> {
  const [file, ...more] = args.positionals;
  if (file === undefined || more.length > 0)
    throw new UsageError(`publish takes one FILE\n\n${publish.usage.join('\n')}`);
  const stream = streamOf(args);
  const ratePerSecond = rateOf(args);
  const topic = choice(args, 'topic', ['events', ...topicNames]);
  const connection = connectionOf(io);
  const size = file === '-' ? undefined : (await stat(file)).size;
  const input = file === '-' ? io.stdin : (await open(file)).createReadStream();
  const clients = makeClients(connection);
  try {
    const publisher = new PubSubPublisher({ pubsub: await clients.pubsub(), timeoutMs: connection.publishTimeoutMs });
    const bar = new ProgressBar(io.stderr, size);
    const { signal } = io;
    const published = await publishFile({ input, topic, stream, ratePerSecond, publisher, bar, signal });
    io.stdout.write(report(published, `${topic} of ${connection.projectId}${where(io)}`));
    if (published.unpublished) io.stderr.write(complaint(published));
    return published.unpublished || published.isEnded ? 1 : 0;
  } finally {
    await clients.close();
  }
}

function rateOf(args: Arguments): number {
  const given = text(args, 'rate');
  const rate = given === undefined ? Number.POSITIVE_INFINITY : Number(given);
  if (!(rate > 0)) throw new UsageError('--rate is a number of events a second, more than 0');
  return rate;
}

function report({ count, bytes, tookMs }: Published, target: string): string {
  const seconds = (tookMs / 1_000).toFixed(1);
  const events = count === 1 ? '1 event' : `${thousands(count)} events`;
  return `published ${events} (${thousands(bytes)} bytes) to ${target} in ${seconds} s\n`;
}

function complaint({ unpublished, isEnded }: Published): string {
  if (!unpublished) return '';
  const { count, firstLine, reason } = unpublished;
  const events = count === 1 ? '1 event is' : `${thousands(count)} events are`;
  const rest = isEnded ? ', and nothing behind them was read' : '';
  return `eventmend: ${events} not published, the first on line ${firstLine}${rest}: ${reason}\n`;
}
