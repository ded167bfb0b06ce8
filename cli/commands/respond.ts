import { formatCount } from '../../shared/views/format.ts';
import type { Message, PubSub } from '@google-cloud/pubsub';
import type { Catalog } from '../../shared/catalog-definition.ts';
import type { Connection } from '../../shared/config.ts';
import { RetryableError } from '../../shared/errors.ts';
import { matchesFilter } from '../../shared/messages/filter.ts';
import type { ReprocessRequest } from '../../shared/gaps/gap.ts';
import { readRequest } from '../../shared/gaps/request.ts';
import { openProject } from '../../shared/gcp/project.ts';
import { systemClock as clock } from '../../shared/gcp/clock.ts';
import { chooseCatalog } from '../catalog-file/chosen-catalog.ts';
import { makeCommand, UsageError, write, type Arguments, type Io } from '../command.ts';
import { connectionOf, atEmulator as at } from '../connection.ts';
import { reasonOf } from '../reason.ts';
import type { ProducerPublisher } from '../publish/publish-file.ts';
import { ResendFile } from '../respond/event-file.ts';
import { answeredJson, answeredLine, fileLine } from '../respond/report.ts';
import { filterOf, receive, subscribe } from '../respond/requests.ts';
import { respondTo, type ResponderOptions } from '../respond/responder.ts';
import { respondOptions, settingsOf, type Settings } from '../respond/settings.ts';
import { checkListening } from '../listening.ts';
import { summaries } from '../summaries.ts';

export const respond = makeCommand({
  name: 'respond',
  summary: summaries.respond,
  positionals: ['FILE'],
  options: respondOptions,
  notes: [
    'FILE holds events in any of the forms of docs/cli/event-files.md. It is read more than once.',
    'Publishes each requested event again, byte for byte, to the emulator at PUBSUB_EMULATOR_HOST, or else to the',
    'project GOOGLE_CLOUD_PROJECT. Runs until Ctrl-C.',
    'Exit code 0: every request that came was answered. 1: an error, or Pub/Sub refused an event. 2: wrong arguments.',
  ],
  run: runRespond,
});

async function runRespond(args: Arguments<typeof respondOptions, ['FILE']>, io: Io): Promise<number> {
  const [path] = args.positionals;
  if (path === '-') throw new UsageError('respond takes no standard input: it reads FILE more than once');
  const catalog = await chooseCatalog(args.values.catalog, io);
  const settings = settingsOf(args.values, catalog.sources);
  const connection = connectionOf(io);
  const file = await ResendFile.open(path, settings.at, settings.source.idOf);
  try {
    if (!(await mayAnswerFrom(file, settings, io))) return 1;
    await checkListening('PUBSUB_EMULATOR_HOST', io.env.PUBSUB_EMULATOR_HOST);
    return await answerFrom(file, { connection, catalog, settings, io });
  } finally {
    await file.close();
  }
}

/** The setting of a command that answers requests. */
interface Answering {
  readonly connection: Connection;
  readonly catalog: Catalog;
  readonly settings: Settings;
  readonly io: Io;
}

/** Answers requests until Ctrl-C. @returns The exit code. */
async function answerFrom(file: ResendFile, { connection, catalog, settings, io }: Answering): Promise<number> {
  const { publisher, clients } = openProject(connection, catalog);
  try {
    const pubsub = await clients.pubsub();
    const { maxGap } = catalog.stream(settings.source.stream);
    return await serve({ pubsub, publisher, file, settings, maxGap, io });
  } catch (error) {
    // If Ctrl-C cuts an answer short, Pub/Sub delivers its request again.
    if (io.signal.aborted) return 0;
    if (!(error instanceof RetryableError)) throw error;
    await write(io.stderr, `eventmend: ${reasonOf(error)}\n`);
    return 1;
  } finally {
    await clients.close();
  }
}

/**
 * Reports events of the file that have no readable id. No request can name them. With such an event in the file, an id
 * that is not found may exist and must not be declared void.
 *
 * @returns Whether the file can answer requests.
 */
async function mayAnswerFrom({ unreadable }: ResendFile, { voids }: Settings, io: Io): Promise<boolean> {
  if (!unreadable) return true;
  const { count, firstLine } = unreadable;
  const what = `${formatCount(count, 'event')} without a readable event_id, the first on line ${firstLine}`;
  const why = voids ? ': with --void on, their ids would be declared void' : '';
  await write(io.stderr, `eventmend: the file has ${what}${why}\n`);
  return !voids;
}

interface Service {
  readonly pubsub: PubSub;
  readonly publisher: ProducerPublisher;
  readonly file: ResendFile;
  readonly settings: Settings;
  readonly maxGap: number;
  readonly io: Io;
}

/** @returns The exit code. */
async function serve({ pubsub, publisher, file, settings, maxGap, io }: Service): Promise<number> {
  const { source, voids, once, forMs, json } = settings;
  const { stream } = source;
  const subscription = await subscribe(pubsub, settings.subscription, stream);
  const options: ResponderOptions = { file, publisher, source, maxGap, voids, signal: io.signal };
  const all = { requests: 0, refused: 0 };
  const handle = async (message: Message): Promise<void> => {
    const request = requestOf(message, stream);
    if (request === 'of others') return;
    if (request === 'unreadable') {
      await write(io.stderr, `eventmend: message ${message.id} is not a request to resend, and is skipped\n`);
      return;
    }
    const answered = await respondTo(request, options);
    all.requests++;
    all.refused += answered.refused;
    await write(io.stdout, (json ? answeredJson : answeredLine)(answered, clock.now()));
  };
  const where = `subscription ${settings.subscription} of ${pubsub.projectId}${at(io)}`;
  await write(json ? io.stderr : io.stdout, `${fileLine(file, stream)}, on ${where}\n`);
  await receive({ subscription, handle, once, forMs, signal: io.signal });
  if (!json) await write(io.stdout, `answered ${formatCount(all.requests, 'request')}\n`);
  return all.refused > 0 ? 1 : 0;
}

/**
 * Reads a request. The emulator ignores the filter, and an existing subscription may have none, so other messages can
 * come too.
 */
function requestOf({ data, attributes }: Message, stream: string): ReprocessRequest | 'of others' | 'unreadable' {
  if (!matchesFilter(filterOf(stream), attributes)) return 'of others';
  try {
    const request = readRequest({ data, attributes });
    return request.stream === stream && request.from <= request.to ? request : 'unreadable';
  } catch {
    return 'unreadable';
  }
}
