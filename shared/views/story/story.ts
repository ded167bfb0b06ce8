import { formatCount } from '../format.ts';
import { describeOutcome } from '../describe-outcome.ts';
import type { GapView } from '../gap-view.ts';
import { digest } from '../../digest.ts';
import { idempotencyKey, idKey, inferredKey, sequenceKey } from '../../identity.ts';
import { spellRange } from '../../gaps/range.ts';
import { spellWhy } from '../../gaps/spell-why.ts';
import { isDoubtReason } from '../../gaps/surroundings.ts';
import { blockIndex, cellIndex } from '../../tracking/block.ts';
import { isVoided, type Entry } from '../../tracking/entry.ts';
import type { Facts, TracedLetter } from './facts.ts';
import { describeWhereabouts } from './whereabouts.ts';

/** Everything that is known of one id or uuid, in words. */
export interface Story {
  /** Its outcome, in a few words. */
  readonly state: string;
  readonly lines: readonly StoryLine[];
}

export interface StoryLine {
  /** The kind of the fact. Empty if the line belongs to the one before. */
  readonly name: string;
  readonly text: string;
}

/** Describes everything that is known of one id, one line for each fact. */
export function describeId(facts: Facts): readonly string[] {
  return spellStory(`${facts.stream} ${facts.eventId}`, storyOfId(facts));
}

/** Spells a story, one line for each fact. */
export function spellStory(subject: string, { state, lines }: Story): readonly string[] {
  return [`${subject}: ${state}`, '', ...lines.map(({ name, text }) => `  ${name.padEnd(9)}${text}`)];
}

export function storyOfId(facts: Facts): Story {
  const { cell, gaps, letters, whereabouts, unreadableGaps = [] } = facts;
  const isNeverMissing = gaps.length === 0 && letters.length === 0 && unreadableGaps.length === 0;
  const lines = [
    storyLine('place', `${describeWhereabouts(whereabouts)}${offStepNote(facts)}`),
    storyLine('cell', cellLine(facts)),
    ...cell.map((entry, i) => storyLine(`entry ${i + 1}`, spellEntry(entryFacts(facts, entry)))),
    ...gaps.flatMap((gap) => [
      storyLine('ledger', gapLine(gap)),
      ...askedLines(gap).map((text) => storyLine('', text)),
    ]),
    ...unreadableGaps.map((text) => storyLine('ledger', text)),
    ...letters.map((letter) => storyLine('letter', spellLetter(letter))),
    ...(isNeverMissing ? [storyLine('ledger', 'never found missing'), storyLine('letters', 'none')] : []),
  ];
  return { state: describeState(facts), lines };
}

/** Returns an entry of an id as it is printed in JSON. */
export function entryFacts(facts: Facts, entry: Entry): EntryView {
  return entryView(entry, keyOf(facts, entry));
}

export type EntryView = ReturnType<typeof entryView>;

/** Returns an entry as it is printed in JSON. @param idempotencyKey The key under which it is published, if known. */
export function entryView(entry: Entry, idempotencyKey: string | undefined) {
  const { state, published, supersedes, possibleDuplicate, replacement, type, instantMs, entity } = entry;
  const what = isVoided(entry) ? 'void' : state;
  const timestamp = instantMs === undefined ? undefined : new Date(instantMs).toISOString();
  const hash = entity === 0 ? undefined : entity.toString(16).padStart(8, '0');
  return {
    state: what,
    published,
    supersedes,
    possibleDuplicate,
    replacement,
    type: type === '' ? undefined : type,
    timestamp,
    idempotencyKey,
    entityHash: hash,
  };
}

function offStepNote({ offStep }: Facts): string {
  return offStep === undefined ? '' : `; the ids of the stream grow by ${offStep}, and this is none of them`;
}

function describeState({ eventId, highest = -1, cell, gaps, whereabouts, offStep }: Facts): string {
  if (cell.length > 0) return stateOf(cell);
  if (offStep !== undefined) return 'not seen, and not expected';
  const [gap] = gaps;
  switch (whereabouts.where) {
    case 'never swept':
      return eventId > highest ? 'not seen' : 'not seen, and holes have not been looked for yet';
    case 'front':
      if (!whereabouts.isScanned) return 'not seen; missing if it does not come within its grace';
      return gap ? missingIn(gap) : 'not seen, and in no gap: the ledger has lost it; eventmend audit looks for more';
    case 'forgotten':
      return gap ? missingIn(gap) : 'not known: it did not come, or is forgotten';
    case 'no front':
      return gap ? missingIn(gap) : 'not seen, and not missing: it is in no front';
    case 'below start':
    case 'outlier':
      return 'not seen, and not missing';
  }
}

/** Describes an id without an entry by its gap. */
function missingIn(gap: GapView): string {
  const { state, assumed, doubt, why = '' } = gap;
  switch (state) {
    case 'open':
    case 'requested':
      return doubt === undefined ? 'missing' : 'missing, or never used: its gap is doubtful';
    case 'abandoned':
      return isDoubtReason(why) ? 'missing, or never used, and given up' : 'missing, and given up';
    case 'filled':
    case 'voided':
    case 'reconstructed':
    case 'superseded':
      if (assumed) return 'not seen; taken for void, because holes are normal in the stream';
      return `not stored, although the ledger says that its gap is ${state}; eventmend audit looks for more`;
  }
}

/** Describes the state of an id or a uuid by its entries. */
export function stateOf(cell: readonly Entry[]): string {
  const words = cell.map((entry) => {
    if (isVoided(entry)) return 'void';
    if (entry.state === 'clean' && entry.supersedes) return 'clean, in place of an event that was published before';
    return { clean: 'clean', suspect: 'with verify', reconstructed: 'inferred', closed: 'refused, or failed' }[
      entry.state
    ];
  });
  const different = [...new Set(words)];
  return cell.length === 1 ? (words[0] ?? '') : `${formatCount(cell.length, 'event')}: ${different.join('; ')}`;
}

function cellLine({ eventId, isBlockStored, expireAtMs, cell }: Facts): string {
  const place = `place ${cellIndex(eventId)} of block ${blockIndex(eventId)}`;
  if (!isBlockStored) return `${place}, which is not stored`;
  const until = expireAtMs === undefined ? '' : `, remembered until ${new Date(expireAtMs).toISOString()}`;
  return `${place}: ${cell.length === 0 ? 'no entry' : formatCount(cell.length, 'entry', { plural: 'entries' })}${until}`;
}

/** Spells an entry in one line. */
export function spellEntry(entry: EntryView): string {
  const { state, type, timestamp, published, supersedes, possibleDuplicate, replacement, ...rest } = entry;
  return [
    state,
    type,
    timestamp,
    state === 'void' ? undefined : keyText(rest.idempotencyKey),
    state === 'clean' || state === 'reconstructed'
      ? published
        ? 'published'
        : 'not known to be published'
      : undefined,
    supersedes ? (replacement > 0 ? 'supersedes what it replaced' : 'supersedes the inferred event') : undefined,
    possibleDuplicate ? 'a possible duplicate' : undefined,
    rest.entityHash === undefined ? undefined : `entity ${rest.entityHash}`,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

function keyText(key: string | undefined): string {
  return key === undefined ? 'key: its uuid' : `key ${key}`;
}

/** Returns the key under which an entry is published. Undefined for a uuid, because only its digest is kept. */
function keyOf({ stream, eventId }: Facts, { key, instantMs, replacement }: Entry): string | undefined {
  const keys = [
    inferredKey(eventId),
    idKey(eventId),
    ...(instantMs === undefined ? [] : [sequenceKey(eventId, instantMs)]),
  ];
  const known = keys.find((one) => digest(one) === key);
  return known === undefined ? undefined : idempotencyKey(stream, known, replacement);
}

function gapLine(gap: GapView): string {
  const { states, foundAt, resolvedAt } = gap;
  const end = resolvedAt === undefined ? openEnd(gap) : ` at ${resolvedAt}: ${describeOutcome(gap)}`;
  return `${spellRange(gap)} found missing at ${foundAt}; ${states.join(', ')}${end}`;
}

function openEnd({ why, doubt }: GapView): string {
  if (why !== undefined) return `, to be given up: ${spellWhy(why)}`;
  return doubt === undefined ? '' : `, doubtful: ${doubt}`;
}

function askedLines(gap: GapView): readonly string[] {
  const { resendAskedAt, deadline, askedAgainAt, askedAgainDeadline, inferenceAskedAt, cameLateAt } = gap;
  return [
    resendAskedAt && `producer asked to resend at ${resendAskedAt}, with the deadline ${deadline ?? 'none'}`,
    askedAgainAt && `producer asked again at ${askedAgainAt}, with the deadline ${askedAgainDeadline ?? 'none'}`,
    inferenceAskedAt && `inference requested at ${inferenceAskedAt}`,
    cameLateAt && `some of its events came later, at ${cameLateAt}`,
  ].filter((text) => text !== undefined && text !== '') as readonly string[];
}

export function spellLetter({ code, stage, detail, status, failedAt, id, times }: TracedLetter): string {
  return `${code} at ${stage}, ${failedAt}: ${detail} · ${status}${times > 1 ? `, came ${times} times` : ''} · ${id}`;
}

export function storyLine(name: string, text: string): StoryLine {
  return { name, text };
}
