import { writeFile } from 'node:fs/promises';
import { makeCatalog, type Catalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import { eventsName } from '../../shared/sources/source.ts';
import { ownStreamOf } from '../../shared/sources/sources.ts';
import { catalogOption, chooseCatalogDefinition } from '../catalog-file/chosen-catalog.ts';
import { chooseSource, formatOption, sourceOption, type ChosenSource } from '../chosen-source.ts';
import { makeCommand, UsageError, type Arguments, type Io } from '../command.ts';
import { openEvents } from '../input/event-file.ts';
import { atOption, checkAt, fileNotes, findInput } from '../input/input-file.ts';
import { evaluateFile } from '../evaluate/evaluation.ts';
import { drawEvaluation } from '../evaluate/report.ts';
import { drawReliability } from '../evaluate/reliability-plot.ts';
import { localCatalog } from '../local/local-catalog.ts';
import { seedBounds, type OptionDeclarations, type OptionValues } from '../options.ts';
import { ProgressBar } from '../screen/progress-bar.ts';
import { summaries } from '../summaries.ts';
import { terminalOf } from '../screen/table.ts';

const options = {
  at: atOption,
  format: formatOption,
  source: sourceOption,
  entity: {
    kind: 'text',
    value: 'PATH',
    help: 'path of the entity in an event, such as data.case; without it, the paths of the catalog',
  },
  share: {
    kind: 'number',
    value: 'S',
    min: 0.0001,
    max: 0.9999,
    default: 0.05,
    help: 'share of the events that are removed',
  },
  'run-length': {
    kind: 'integer',
    value: 'N',
    min: 1,
    max: 1_000_000,
    default: 1,
    help: 'consecutive events that are removed together',
  },
  holes: {
    kind: 'number',
    value: 'SHARE',
    min: 0,
    max: 1,
    default: 0,
    help: 'share of the removed ids that never existed',
  },
  answers: {
    kind: 'number',
    value: 'SHARE',
    min: 0,
    max: 1,
    default: 0,
    help: 'share of the removed ids that are resent or voided after the deadline',
  },
  seed: { ...seedBounds, value: 'N', default: 1, help: 'decides which events are removed, and their fates' },
  catalog: catalogOption,
  json: { kind: 'flag', help: 'print the result as JSON, and nothing else' },
  plot: { kind: 'text', value: 'FILE', help: 'write a reliability diagram, as SVG' },
} as const satisfies OptionDeclarations;

export const evaluate = makeCommand({
  name: 'evaluate',
  summary: summaries.evaluate,
  positionals: ['FILE'],
  options,
  notes: [
    ...fileNotes,
    'Removes events, infers them as the pipeline would, and compares. Events of every type are inferred, with any confidence.',
    'Exit code 0: the result is printed. 1: an error. 2: wrong arguments.',
  ],
  run: runEvaluate,
});

async function runEvaluate({ values, positionals }: Arguments<typeof options, ['FILE']>, io: Io): Promise<number> {
  const [file] = positionals;
  const { entity, at, share, 'run-length': runLength, holes, answers, seed, plot } = values;
  checkPath(entity);
  checkAt(at);
  if (plot === '-') throw new UsageError('--plot must be a file: the result goes to standard output');
  const chosen = chosenSource(await chooseCatalogDefinition(values.catalog, io), values);
  // Checked first, because an evaluation takes minutes.
  if (plot !== undefined) await writeFile(plot, '', { flag: 'a' });
  const input = await findInput(file, io);
  const reading = new ProgressBar(io.stderr, input.size);
  const result = await evaluateFile({
    events: await openEvents(reading.follow(input.open()), { name: input.name, at }),
    catalog: catalogWith(chosen, entity),
    source: chosen.source,
    entity,
    share,
    runLength,
    holes,
    answers,
    seed,
    bars: {
      reading,
      inferring: (runs) => new ProgressBar(io.stderr, runs),
    },
    signal: io.signal,
  });
  if (plot !== undefined) await writeFile(plot, drawReliability(result));
  io.stdout.write(values.json ? `${JSON.stringify(result)}\n` : drawEvaluation(result, file, terminalOf(io.stdout)));
  return 0;
}

/** @throws UsageError if the events have no numbers. */
function chosenSource(definition: CatalogDefinition, values: OptionValues<typeof options>): ChosenSource {
  const chosen = chooseSource(definition, values, undefined, true) ?? { catalog: definition, source: eventsName };
  const catalog = makeCatalog(chosen.catalog);
  const source = catalog.sources.find(chosen.source);
  if (source && source.name !== eventsName && catalog.stream(ownStreamOf(source)).numbering === 'none')
    throw new UsageError('these events have no numbers: none is known to be missing, and none is inferred');
  return chosen;
}

/**
 * Returns the local catalog, changed to infer events of every type with any confidence. The path of the entity, if it is
 * given, is the same for all types.
 */
function catalogWith({ catalog: definition, source: name }: ChosenSource, entity: string | undefined): Catalog {
  const catalog = makeCatalog(localCatalog(definition, { maxGap: Number.MAX_SAFE_INTEGER, minConfidence: 0 }));
  const source = catalog.sources.find(name);
  return {
    ...catalog,
    // The evaluated events are in a stream of their own, with the settings of those that they were read from.
    ...(source && source.name !== eventsName && { stream: () => catalog.stream(ownStreamOf(source)) }),
    type: (name) => (entity === undefined ? catalog.type(name) : { ...catalog.type(name), entity }),
    mayBeInferred: () => true,
  };
}

function checkPath(path: string | undefined): void {
  if (path?.split('.').includes('')) throw new UsageError('--entity must be a path such as data.case');
}
