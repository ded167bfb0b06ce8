import { constants, createReadStream } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { makeCatalog, type Catalog } from '../shared/catalog-definition.ts';
import { text, UsageError, type Arguments, type Command, type Io } from './command.ts';
import { evaluate as evaluateFile } from './evaluate/evaluation.ts';
import { drawEvaluation } from './evaluate/report.ts';
import { drawReliability } from './evaluate/reliability-plot.ts';
import { localCatalog } from './local-catalog.ts';
import { ProgressBar } from './progress-bar.ts';

export const evaluate: Command = {
  summary: 'measure how well the missing events of a file would be inferred',
  usage: [
    'eventmend evaluate FILE [options]     FILE: a JSON event a line, or one JSON array; - for standard input',
    '',
    '  --entity PATH    what an event is about, such as data.case (default: what the catalog says)',
    '  --share S        share of the events that are removed, between 0 and 1 (default: 0.05)',
    '  --run-length N   consecutive events that are removed together (default: 1)',
    '  --seed N         decides which events are removed (default: 1)',
    '  --json           print the result as JSON, and nothing else',
    '  --plot FILE      write a reliability diagram, as SVG',
    '',
    'Removes events, infers them as the pipeline would, however unsure and of whatever type, and compares.',
    'Exit code 0: it is measured. 1: an error. 2: wrong arguments.',
  ],
  options: {
    entity: { type: 'string' },
    share: { type: 'string' },
    'run-length': { type: 'string' },
    seed: { type: 'string' },
    json: { type: 'boolean' },
    plot: { type: 'string' },
  },
  run: runEvaluate,
};

async function runEvaluate(args: Arguments, io: Io): Promise<number> {
  const [file, ...more] = args.positionals;
  if (file === undefined || more.length > 0)
    throw new UsageError(`evaluate takes one FILE\n\n${evaluate.usage.join('\n')}`);
  const entity = pathOf(args);
  const share = numberOf(args, 'share', 0.05, 'a number between 0 and 1', (n) => n > 0 && n < 1);
  const runLength = numberOf(args, 'run-length', 1, 'a whole number, 1 or more', isWholeFrom(1));
  const seed = numberOf(args, 'seed', 1, 'a whole number, 0 or more', isWholeFrom(0));
  const plot = text(args, 'plot');
  if (plot === '-') throw new UsageError('--plot is a file: standard output has the result');
  // Before the minutes that an evaluation takes.
  if (plot !== undefined) await writeFile(plot, '', { flag: 'a' });
  const size = file === '-' ? undefined : await sizeOfFile(file);
  const result = await evaluateFile({
    input: file === '-' ? io.stdin : createReadStream(file),
    catalog: catalogWith(entity),
    entity,
    share,
    runLength,
    seed,
    bars: {
      reading: new ProgressBar(io.stderr, size),
      inferring: (runs) => new ProgressBar(io.stderr, runs),
    },
    signal: io.signal,
  });
  if (plot !== undefined) await writeFile(plot, drawReliability(result));
  io.stdout.write(
    args.values.json === true ? `${JSON.stringify(result)}\n` : drawEvaluation(result, file, io.stdout.isTTY === true),
  );
  return 0;
}

/** The catalog of this machine, which infers whatever is missing, and with the path of an entity for every type. */
function catalogWith(entity: string | undefined): Catalog {
  const catalog = makeCatalog(localCatalog({ maxGap: Number.MAX_SAFE_INTEGER }));
  return {
    ...catalog,
    type: (name) => (entity === undefined ? catalog.type(name) : { ...catalog.type(name), entity }),
    mayBeInferred: () => true,
  };
}

function pathOf(args: Arguments): string | undefined {
  const path = text(args, 'entity');
  if (path !== undefined && !path.split('.').every((name) => name !== ''))
    throw new UsageError('--entity is a path such as data.case');
  return path;
}

function numberOf(
  args: Arguments,
  name: string,
  usual: number,
  rule: string,
  isRight: (value: number) => boolean,
): number {
  const given = text(args, name);
  if (given === undefined) return usual;
  const value = given.trim() === '' ? Number.NaN : Number(given);
  if (!isRight(value)) throw new UsageError(`--${name} is ${rule}`);
  return value;
}

function isWholeFrom(least: number): (value: number) => boolean {
  return (value) => Number.isSafeInteger(value) && value >= least;
}

/** In bytes. @throws Where the file cannot be read. */
async function sizeOfFile(file: string): Promise<number> {
  await access(file, constants.R_OK);
  const about = await stat(file);
  if (about.isDirectory()) throw new UsageError(`EISDIR: ${file} is a directory`);
  return about.size;
}
