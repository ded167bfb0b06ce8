import { readFile } from 'node:fs/promises';
import { cutText } from '../../shared/cut-text.ts';
import { formatBytes, showInvisible } from '../../shared/views/format.ts';
import { CommandError, makeCommand, UsageError, write, type Arguments, type Io } from '../command.ts';
import { changeOfText, type ShownText } from '../../shared/views/change-of-text.ts';
import { ConsoleClient, JsonText, type ConsoleAnswer } from '../console/console-client.ts';
import { checkReadable } from '../input/input-file.ts';
import type { OptionDeclarations } from '../options.ts';
import { paint, type TerminalShape, terminalOf } from '../screen/table.ts';
import { editInEditor } from './editor.ts';
import { apiLetterPath } from './api-path.ts';
import { readPatch } from './read-patch.ts';
import { revisionOption, seenRevision } from './seen-revision.ts';
import { subjectText, type ShownChange, type ShownCheck } from './shown-letter.ts';

const options = {
  patch: { kind: 'text', value: 'FILE', help: 'apply a JSON Patch (RFC 6902) to the message' },
  body: { kind: 'text', value: 'FILE', help: 'replace the whole message' },
  set: { kind: 'texts', value: 'NAME=VALUE', help: 'set an attribute; can be given several times' },
  drop: { kind: 'texts', value: 'NAME', help: 'drop an attribute; can be given several times' },
  unmask: { kind: 'flag', help: 'show personal values in the editor' },
  'dry-run': { kind: 'flag', help: 'tell what would become of the edit, and save nothing' },
  ...revisionOption,
  json: { kind: 'flag', help: 'print one JSON object, and nothing else' },
} as const satisfies OptionDeclarations;

export const editCommand = makeCommand({
  name: 'edit',
  calledAs: 'eventmend dead-letters edit',
  summary: 'edit a dead letter: save a draft that a replay sends in place of the original',
  positionals: ['ID'],
  options,
  notes: [
    'Without --patch, --body, --set and --drop, opens the message in the editor that VISUAL or EDITOR names. Where ••• stands, a',
    'personal value stays as it is.',
    'Exit code 0: the draft is valid. 3: it is saved, and would be refused again. 1: an error. 2: wrong arguments.',
  ],
  run: runEdit,
});

type EditValues = Arguments<typeof options, ['ID']>['values'];

async function runEdit({ values, positionals: [id] }: Arguments<typeof options, ['ID']>, io: Io): Promise<number> {
  const client = new ConsoleClient(io);
  const revision = await seenRevision(client, id, values['if-revision']);
  const save = (edit: object): Promise<ConsoleAnswer> =>
    values['dry-run']
      ? client.change({ method: 'POST', path: apiLetterPath(id, 'check'), body: edit })
      : client.change({ method: 'PUT', path: apiLetterPath(id, 'draft'), revision, body: edit });
  const edit = await editFrom(values);
  const answer = edit ? await save(edit) : await editMessage(await messageToEdit(client, id, values.unmask), io, save);
  if (!answer) {
    await write(io.stdout, '  nothing was changed\n');
    return 0;
  }
  const check = answer.json as unknown as ShownCheck;
  await write(io.stdout, values.json ? `${JSON.stringify(answer.json)}\n` : draw(id, check, values['dry-run'], io));
  return check.valid ? 0 : 3;
}

/** Returns the edit that the options say, as the API takes it. Undefined if they say none. */
async function editFrom({ patch, body, set, drop }: EditValues): Promise<object | undefined> {
  if (patch !== undefined && body !== undefined) throw new UsageError('give --patch or --body, not both');
  const attributes =
    set.length + drop.length > 0 ? { attributes: { set: Object.fromEntries(set.map(pairOf)), drop } } : {};
  if (patch !== undefined) return { patch: await readPatch(patch), ...attributes };
  if (body !== undefined) {
    await checkReadable(body);
    return { ...bodyOf(await readFile(body)), ...attributes };
  }
  return set.length + drop.length > 0 ? attributes : undefined;
}

function editMessage(
  message: EditedMessage,
  io: Io,
  save: (edit: object) => Promise<ConsoleAnswer>,
): Promise<ConsoleAnswer | undefined> {
  return editInEditor(message.bytes, io, (edited) => save(editOf(message, edited)));
}

function pairOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`--set ${text}: write NAME=VALUE`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function bodyOf(bytes: Uint8Array): object {
  try {
    return { body: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { bodyBase64: Buffer.from(bytes).toString('base64') };
  }
}

/** A message as the editor shows it. */
interface EditedMessage extends Pick<ShownText, 'masked'> {
  readonly bytes: Uint8Array;
}

/** Loads the draft, or the original if there is none. */
async function messageToEdit(client: ConsoleClient, id: string, isUnmasked: boolean): Promise<EditedMessage> {
  const { hasDraft } = (await client.get(apiLetterPath(id))).json;
  const query = { version: hasDraft === true ? 'draft' : 'original', unmask: isUnmasked ? 'true' : undefined };
  const { json } = await client.get(apiLetterPath(id, 'body'), query);
  const masked = json.masked as ShownText['masked'];
  if (masked === 'all')
    throw new CommandError('nobody knows where personal values are in this message: --unmask shows all of it');
  return { bytes: Buffer.from(String(json.data), json.encoding === 'base64' ? 'base64' : 'utf8'), masked };
}

/** Returns what was changed. Personal values stay as they are where the editor shows their mask. */
function editOf({ bytes, masked }: EditedMessage, edited: Uint8Array): object {
  if (masked.length === 0) return bodyOf(edited);
  const [text, typed] = [bytes, edited].map((one) => Buffer.from(one).toString()) as [string, string];
  const change = changeOfText({ text, masked }, typed);
  if ('problem' in change)
    throw new CommandError(`${change.problem} Nothing was saved. Correct it, or edit with --unmask.`);
  return { patch: new JsonText(change.patch ?? '[]') };
}

function draw(
  id: string,
  { valid, failure, diff, attributeDiff = [], becomes, eventCount }: ShownCheck,
  isDry: boolean,
  io: Io,
): string {
  const terminal = terminalOf(io.stdout);
  const events = becomes.map((event) =>
    subjectText({ ...event, ...(event.id !== undefined && { eventId: event.id }) }),
  );
  const more = eventCount > events.length ? ` and ${eventCount - events.length} more` : '';
  const verdict = valid
    ? `${paint('VALID', 'green', terminal)}: becomes ${events.join(', ')}${more}`
    : `${paint('INVALID', 'red', terminal)}: ${failure?.code ?? ''} ${failure?.detail ?? ''}`;
  const next = isDry
    ? 'nothing was saved'
    : valid
      ? `saved: eventmend dead-letters replay ${id} sends it`
      : 'saved as a draft: edit it again, or discard the letter';
  const changes =
    diff === undefined
      ? ['  (not compared: nested too deeply, or not JSON)']
      : diff.flatMap((one) => changeLines(one, terminal));
  const attributes = attributeDiff.flatMap(({ name, ...change }) =>
    changeLines({ path: `attribute ${name}`, ...change }, terminal),
  );
  return [...changes, ...attributes, '', `  ${verdict}`, `  ${next}`, ''].join('\n');
}

function changeLines({ path, before, after }: ShownChange, terminal: TerminalShape): readonly string[] {
  return [
    `  ${path === '' ? '(whole message)' : path}`,
    ...(before === undefined ? [] : [paint(`    - ${shortened(before)}`, 'red', terminal)]),
    ...(after === undefined ? [] : [paint(`    + ${shortened(after)}`, 'green', terminal)]),
  ];
}

/** A longer value is cut. */
const maxShownCharacters = 400;

/** Shows invisible characters of a value, and cuts a long one, with its size. */
function shortened(value: string): string {
  const shown = showInvisible(cutText(value, maxShownCharacters));
  return value.length <= maxShownCharacters ? shown : `${shown} (${formatBytes(Buffer.byteLength(value))} in all)`;
}
