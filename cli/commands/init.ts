import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { ConfigError } from '../../shared/errors.ts';
import { openProject } from '../../shared/gcp/project.ts';
import { CommandError, makeCommand, UsageError, type Arguments, type Io } from '../command.ts';
import { InputError } from '../input/input-record.ts';
import { connectionOf } from '../connection.ts';
import { draftOf, isDefaultFormat } from '../init/draft.ts';
import { drawCatalog } from '../init/draw-catalog.ts';
import { describeFormat, describeNumbering, drawNextSteps } from '../init/draw-next-steps.ts';
import { learn, type Learned } from '../init/learned.ts';
import { describeTrial, tryCatalog } from '../init/try-catalog.ts';
import type { EventSample } from '../init/recognise-format.ts';
import { peekAt } from '../init/peek.ts';
import { canAsk, withoutQuestions, withQuestions, type Ask } from '../init/questions.ts';
import { openEvents } from '../input/event-file.ts';
import { atOption, checkAt, findInput } from '../input/input-file.ts';
import type { OptionDeclarations, OptionValues } from '../options.ts';
import { summaries } from '../summaries.ts';

const options = {
  file: {
    kind: 'text',
    value: 'FILE',
    help: 'file with sample events, in any of the forms of docs/cli/event-files.md',
  },
  at: atOption,
  subscription: {
    kind: 'text',
    value: 'NAME',
    help: 'subscription to read samples from, in place of a file; no message is acked',
  },
  name: { kind: 'text', value: 'NAME', help: 'name of the source: of its topic and its stream' },
  out: { kind: 'text', value: 'FOLDER', help: 'folder for the catalog and its README (default: catalog)' },
  yes: { kind: 'flag', help: 'ask nothing, and take the defaults' },
} as const satisfies OptionDeclarations;

type Values = OptionValues<typeof options>;

export const init = makeCommand({
  name: 'init',
  summary: summaries.init,
  positionals: [],
  options,
  notes: [
    'Recognises the format of the samples, and writes catalog.ts (sources, fields, types, numbering) and a README with the',
    'next steps. Asks for what no option says, if there is a terminal. Never overwrites a file.',
    'A subscription is that of the emulator at PUBSUB_EMULATOR_HOST, or else of the project GOOGLE_CLOUD_PROJECT.',
    'Exit code 0: the files are written. 1: an error. 2: wrong arguments, no samples, or the files exist.',
  ],
  run: ({ values }: Arguments<typeof options, []>, io) =>
    values.yes || !canAsk(io)
      ? writeDraft(values, io, withoutQuestions)
      : withQuestions(io, (ask) => writeDraft(values, io, ask)),
});

async function writeDraft(values: Values, io: Io, ask: Ask): Promise<number> {
  checkAt(values.at);
  const { file, samples } = await loadSamples(values, io, ask);
  const learned = learn(samples);
  if (learned.unreadable === learned.samples)
    throw new UsageError('no sample is a JSON object or a form: docs/cli/event-files.md says what is read');
  io.stdout.write(`${describeFormat(learned)}\n${describeNumbering(learned)}\n`);
  const source =
    values.name ?? (isDefaultFormat(learned) ? 'events' : await ask('Name of the source', defaultName(learned)));
  checkName(source, learned);
  const folder = values.out ?? (await ask('Folder for the catalog', 'catalog'));
  const catalog = join(folder, 'catalog.ts');
  const readme = join(folder, 'README.md');
  await checkAbsent([catalog, readme]);
  await mkdir(folder, { recursive: true });
  // Even if another process has made the files meanwhile, they are not overwritten.
  await writeFile(catalog, drawCatalog({ learned, source }), { flag: 'wx' });
  const trial = describeTrial(tryCatalog(draftOf(learned, source), source, samples));
  await writeFile(readme, drawNextSteps({ learned, source, file, catalog, trial }), { flag: 'wx' });
  io.stdout.write(`${trial}Written: ${catalog}, and ${readme} with the next steps.\n`);
  return 0;
}

interface Samples {
  readonly samples: readonly EventSample[];
  /** Undefined if the samples are of a subscription. */
  readonly file: string | undefined;
}

/** Loads the samples. @throws UsageError if there is none. */
async function loadSamples({ file, subscription, at, yes }: Values, io: Io, ask: Ask): Promise<Samples> {
  if (file !== undefined && subscription !== undefined)
    throw new UsageError('--file and --subscription exclude each other');
  const isAsked = file === undefined && subscription === undefined;
  if (isAsked && (yes || !canAsk(io))) throw new UsageError('name the samples: --file FILE or --subscription NAME');
  const path = isAsked ? await ask('File with sample events (empty: a subscription)', '') : file;
  if (path !== undefined && path !== '') return { file: path, samples: await samplesOfFile(path, at, io) };
  const name = subscription ?? (await ask('Subscription'));
  return { file: undefined, samples: await samplesOfSubscription(name, io) };
}

/** The number of events of a file that are looked at. */
const maxSamples = 2_000;

async function samplesOfFile(path: string, at: string | undefined, io: Io): Promise<readonly EventSample[]> {
  const input = await findInput(path, io);
  const samples: EventSample[] = [];
  try {
    for await (const { data, attributes, problem } of await openEvents(input.open(), { name: input.name, at })) {
      if (problem === undefined) samples.push({ data, attributes });
      if (samples.length >= maxSamples) break;
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // As in `clean`: a file of which nothing can be read is a wrong argument.
    const message = `${input.name}: ${error.message}`;
    throw samples.length === 0 ? new UsageError(message) : new CommandError(message);
  }
  if (samples.length === 0) throw new UsageError(`${input.name} has no events`);
  return samples;
}

async function samplesOfSubscription(name: string, io: Io): Promise<readonly EventSample[]> {
  const { clients } = openProject(connectionOf(io), makeCatalog({}));
  try {
    const samples = await peekAt(await clients.pubsub(), name, io.signal);
    if (samples.length === 0) throw new UsageError(`no message came from the subscription ${name}`);
    return samples;
  } finally {
    await clients.close();
  }
}

function defaultName({ format }: Learned): string {
  return format ? format.preset.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) : 'my-events';
}

/** @throws UsageError if a source cannot have the name. */
function checkName(name: string, learned: Learned): void {
  if (isDefaultFormat(learned)) {
    if (name !== 'events')
      throw new UsageError(
        'the samples have the default format: they need no source of their own, so leave --name out',
      );
    return;
  }
  try {
    makeCatalog({ sources: { [name]: {} } });
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(`--name: ${error.problems.join('; ')}`);
    throw error;
  }
}

/** @throws UsageError if one of the files exists. */
async function checkAbsent(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const exists = await access(file).then(
      () => true,
      () => false,
    );
    if (exists) throw new UsageError(`${file} exists: name another folder with --out`);
  }
}
