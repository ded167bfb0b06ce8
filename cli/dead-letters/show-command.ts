import { formatCount, formatBytes, formatDistance, showInvisible } from '../../shared/views/format.ts';
import { spellBecause } from '../../shared/views/spell-because.ts';
import { makeCommand, UsageError, write, type Arguments, type Io } from '../command.ts';
import { ConsoleClient } from '../console/console-client.ts';
import type { OptionDeclarations } from '../options.ts';
import { paint, type TerminalShape, terminalOf } from '../screen/table.ts';
import { apiLetterPath } from './api-path.ts';
import { styleOf, subjectText, type WholeShownLetter } from './shown-letter.ts';

const options = {
  body: { kind: 'flag', help: 'show the message too; the audit trail says who looked' },
  draft: { kind: 'flag', help: 'with --body: the draft, in place of the original' },
  unmask: { kind: 'flag', help: 'with --body: do not mask personal values' },
  json: { kind: 'flag', help: 'print one JSON object, and nothing else' },
} as const satisfies OptionDeclarations;

export const showCommand = makeCommand({
  name: 'show',
  calledAs: 'eventmend dead-letters show',
  summary: 'show a dead letter, its history, and what the store holds for its event',
  positionals: ['ID'],
  options,
  notes: ['Exit code 0: success. 1: there is no such letter, or an error. 2: wrong arguments.'],
  run: runShow,
});

interface Body {
  readonly encoding: 'text' | 'base64';
  readonly data: string;
  readonly masked: readonly string[] | 'all';
  readonly attributes: Readonly<Record<string, string>>;
}

async function runShow(args: Arguments<typeof options, ['ID']>, io: Io): Promise<number> {
  const [id] = args.positionals;
  const { values } = args;
  for (const name of ['draft', 'unmask'] as const)
    if (values[name] && !values.body) throw new UsageError(`--${name} needs --body`);
  const client = new ConsoleClient(io);
  const { json } = await client.get(apiLetterPath(id));
  const query = { version: values.draft ? 'draft' : 'original', unmask: values.unmask ? 'true' : undefined };
  const body = values.body ? (await client.get(apiLetterPath(id, 'body'), query)).json : undefined;
  if (values.json) {
    await write(io.stdout, `${JSON.stringify({ ...json, ...(body && { body }) })}\n`);
    return 0;
  }
  const letter = json as unknown as WholeShownLetter;
  const lines = [...headLines(letter, terminalOf(io.stdout)), ...(body ? bodyLines(body as unknown as Body) : [])];
  await write(io.stdout, `${lines.join('\n')}\n`);
  return 0;
}

function headLines(letter: WholeShownLetter, terminal: TerminalShape): readonly string[] {
  const { id, state, replay, code, meaning, stage, detail, bytes, hasDraft, erasedAt, history, revision } = letter;
  const nowMs = Date.now();
  const shown = paint(state.toUpperCase(), styleOf(state), terminal);
  const { because } = letter;
  const why = because === undefined || because === 'failed' ? undefined : spellBecause(because);
  const more = [why, letter.outcome, letter.note].filter((text) => text !== undefined && text !== '');
  const draft = hasDraft ? ' · has a draft' : '';
  const size = bytes === undefined ? 'of unknown size' : formatBytes(bytes);
  return [
    `${id} · ${subjectText(letter)} · ${shown}${more.length > 0 ? ` (${more.join(', ')})` : ''}`,
    line('why', `${code} at ${stage}: ${meaning}`),
    ...(detail === '' ? [] : [line('', showInvisible(detail))]),
    line('store', storeText(letter.entry)),
    line(
      'message',
      erasedAt === undefined ? `${size}${draft}` : `erased ${formatDistance(Date.parse(erasedAt), nowMs)}`,
    ),
    line('revision', `${revision}, ${formatCount(replay, 'replay')}`),
    ...history.map(({ at, by, did, replay: number, note, job }, i) => {
      const what = `${did}${number > 0 ? `, replay ${number}` : ''}${note === undefined ? '' : `: ${note}`}`;
      return line(
        i === 0 ? 'history' : '',
        `${formatDistance(Date.parse(at), nowMs)}, ${by}: ${what}${job === undefined ? '' : ` (job ${job})`}`,
      );
    }),
  ];
}

function line(name: string, text: string): string {
  return `  ${name.padEnd(10)}${text}`;
}

function storeText({ holds, mayBePublished, entries }: WholeShownLetter['entry']): string {
  if (holds !== undefined)
    return holds === 'published' ? 'its event is published' : 'another message brought its event';
  if (mayBePublished) return 'accepted, and not known to be published';
  if (entries.length === 0) return 'no entry';
  return entries.map(({ state, published }) => `${state}, ${published ? 'published' : 'not published'}`).join('; ');
}

function bodyLines({ encoding, data, masked, attributes }: Body): readonly string[] {
  const names = Object.entries(attributes).map(([name, value]) => line('', `${name}: ${showInvisible(value)}`));
  const hidden =
    masked === 'all'
      ? [line('masked', 'all of it: it cannot be read, so nobody knows where personal values are (--unmask shows it)')]
      : masked.length > 0
        ? [line('masked', `${masked.join(', ')} (--unmask shows them)`)]
        : [];
  const heading = names.length === 0 ? [] : ['  attributes'];
  return ['', ...heading, ...names, ...hidden, line('body', encoding), showInvisible(data)];
}
