import { spellRange, spellRanges } from '../../shared/gaps/range.ts';
import { formatCount } from '../../shared/views/format.ts';
import { catalogOption, chooseCatalog } from '../catalog-file/chosen-catalog.ts';
import { CommandError, makeCommand, UsageError, write, type Arguments, type Io } from '../command.ts';
import { checkStream, connectionOf } from '../connection.ts';
import { checkKnownStream } from '../known-stream.ts';
import type { OptionDeclarations } from '../options.ts';
import { withStores } from '../stores.ts';
import { planReset, resetStream, type ResetPlan } from './reset.ts';

const options = {
  from: {
    kind: 'integer',
    value: 'ID',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    help: 'the first id of the new numbering',
  },
  yes: { kind: 'flag', help: 'do it; without this option, nothing is changed' },
  catalog: catalogOption,
} as const satisfies OptionDeclarations;

export const resetCommand = makeCommand({
  name: 'reset',
  calledAs: 'eventmend streams reset',
  summary: 'begin the numbering of a stream again',
  positionals: ['NAME'],
  options,
  notes: [
    'Shows what would change, and changes it with --yes.',
    'Exit code 0: success. 1: there is no such stream, or an error. 2: wrong arguments.',
  ],
  run: runReset,
});

async function runReset(args: Arguments<typeof options, ['NAME']>, io: Io): Promise<number> {
  const [stream] = args.positionals;
  const { from, yes, catalog } = args.values;
  checkStream(stream, 'NAME');
  if (from === undefined) throw new UsageError('--from is missing: it takes the first id of the new numbering');
  const chosen = await chooseCatalog(catalog, io);
  return withStores(connectionOf(io, 'FIRESTORE_EMULATOR_HOST'), chosen, async (stores) => {
    const plan = await planReset(stores, stream, from);
    if (!plan) {
      await checkKnownStream(stores, stream);
      throw new CommandError(`the stream ${stream} has no numbers, so none can be reset`);
    }
    if (yes && !plan.isPending) await resetStream(stores, plan);
    await write(io.stdout, `${describePlan(plan, yes).join('\n')}\n`);
    return 0;
  });
}

/** Describes what a reset changes. @param isDone Whether it was done, and not only planned. */
export function describePlan(plan: ResetPlan, isDone: boolean): readonly string[] {
  const { stream, from, fronts, outliers, unresolved, lowestHeld, isPending } = plan;
  if (isPending) return [`the numbering of ${stream} is reset to begin at ${from} already; the next sweep acts on it`];
  const ended = fronts.map(({ first, last }) => ({ from: first, to: last }));
  const ids = outliers.map((id) => ({ from: id, to: id }));
  return [
    `${stream}: the numbering begins again at ${from}`,
    `  fronts that end       ${ended.length === 0 ? 'none' : `${ended.slice(-8).map(spellRange).join(', ')}${more(ended.length)}`}`,
    `  outliers that end     ${ids.length === 0 ? 'none' : spellRanges(ids)}`,
    `  gaps to be given up   ${formatCount(unresolved, 'unresolved gap')}`,
    `  lowest id held        ${lowestHeld === undefined ? `none from ${from} on` : String(lowestHeld)}`,
    '',
    isDone ? 'done; the next sweep gives up the gaps and looks at the ids' : 'nothing was changed; --yes does it',
  ];
}

function more(fronts: number): string {
  return fronts > 8 ? ` and ${fronts - 8} lower ones` : '';
}
