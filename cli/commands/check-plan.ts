import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { makeCommand, UsageError, write, type Arguments, type Io } from '../command.ts';
import type { OptionDeclarations } from '../options.ts';
import { differencesOf, type PlanDifference } from '../plan-check/differences.ts';
import { parsePlan, type TerraformPlan } from '../plan-check/plan.ts';
import { lossesIn, type Loss } from '../plan-check/losses.ts';
import type { Column } from '../screen/fit-columns.ts';
import { drawTable, type TerminalShape, terminalOf } from '../screen/table.ts';
import { summaries } from '../summaries.ts';

const options = {
  allow: {
    kind: 'text',
    value: 'ADDRESSES',
    help: ['the resources that may lose data: their addresses, as this command prints them,', 'separated by commas'],
  },
  'same-as': {
    kind: 'text',
    value: 'FILE',
    help: ['another plan, which was approved: refuse this one unless it makes the same changes'],
  },
  json: { kind: 'flag', help: 'print one JSON object, and nothing else' },
} as const satisfies OptionDeclarations;

export const checkPlan = makeCommand({
  name: 'check-plan',
  summary: summaries['check-plan'],
  positionals: ['FILE'],
  options,
  notes: [
    'FILE is what `terraform show -json` prints of a saved plan. `-` is standard input.',
    'Exit code 0: the plan loses nothing, or only what is allowed. 1: it would lose data, or makes other changes than',
    'the one that was approved. 2: wrong arguments, or no plan.',
  ],
  run: runCheckPlan,
});

async function runCheckPlan(args: Arguments<typeof options, ['FILE']>, io: Io): Promise<number> {
  const { values, positionals } = args;
  const plan = await readPlan(positionals[0], io);
  const approved = values['same-as'];
  const different = approved === undefined ? [] : differencesOf(await readPlan(approved, io), plan);
  const losses = lossesIn(plan);
  const allowed = new Set((values.allow ?? '').split(',').filter((address) => address !== ''));
  const refused = losses.filter(({ address }) => !allowed.has(address));
  const unused = [...allowed].filter((allow) => !losses.some(({ address }) => address === allow));
  const text = values.json
    ? `${JSON.stringify({ refused, allowed: losses.filter(({ address }) => allowed.has(address)), unused, different })}\n`
    : draw(losses, refused, unused, terminalOf(io.stdout)) + drawDifferences(different, approved);
  await write(io.stdout, text);
  return refused.length === 0 && different.length === 0 ? 0 : 1;
}

function draw(
  losses: readonly Loss[],
  refused: readonly Loss[],
  unused: readonly string[],
  terminal: TerminalShape,
): string {
  const rows = losses.map((loss) => [
    { text: loss.address },
    { text: loss.what },
    { text: loss.because },
    { text: refused.includes(loss) ? 'no' : 'yes' },
  ]);
  const columns: readonly Column[] = [
    { title: 'resource', isWhole: true },
    { title: 'is' },
    { title: 'because', isWrapped: true },
    { title: 'allowed', isWhole: true },
  ];
  const table = losses.length === 0 ? [] : [drawTable(columns, rows, terminal), ''];
  const notes = unused.map((address) => `--allow names ${address}, which loses nothing: take it out`);
  return `${[...table, verdict(losses, refused), ...notes].join('\n')}\n`;
}

function drawDifferences(different: readonly PlanDifference[], approved: string | undefined): string {
  if (approved === undefined) return '';
  if (different.length === 0) return `It makes the same changes as ${approved}.\n`;
  const rows = different.map(({ address, because }) => `  ${address}: ${because}\n`);
  return `REFUSED: it makes other changes than ${approved}, since what is deployed has changed meanwhile, or the plan was made of something else. Plan again.\n${rows.join('')}`;
}

function verdict(losses: readonly Loss[], refused: readonly Loss[]): string {
  if (losses.length === 0) return 'The plan loses no data.';
  if (refused.length === 0) return 'The plan loses only what is allowed.';
  const addresses = [...new Set(refused.map(({ address }) => address))].join(',');
  return `REFUSED: the plan would lose data. Change it, or, if the loss is meant: --allow '${addresses}'`;
}

/** @throws UsageError if it is no plan, or the plan of a run that failed. */
async function readPlan(path: string, io: Io): Promise<TerraformPlan> {
  const from = path === '-' ? 'standard input' : path;
  let given: unknown;
  try {
    given = JSON.parse((path === '-' ? await buffer(io.stdin) : await readFile(path)).toString());
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw new UsageError(`${from} cannot be read`);
    const saved = path === '-' ? 'PLAN' : path;
    throw new UsageError(`${from} is not JSON. Is it the saved plan? Then: terraform show -json ${saved} > plan.json`);
  }
  const read = parsePlan(given);
  if ('problem' in read)
    throw new UsageError(`${from} is not what terraform show -json prints of a plan: ${read.problem}`);
  if (read.plan.errored) throw new UsageError(`${from} is the plan of a run that failed: plan again`);
  return read.plan;
}
