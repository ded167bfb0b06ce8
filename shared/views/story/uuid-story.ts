import { idempotencyKey } from '../../identity.ts';
import { entryView, spellEntry, spellLetter, spellStory, stateOf, storyLine, type Story } from './story.ts';
import type { UuidFacts } from './uuid-facts.ts';

/** Describes everything that is known of one uuid, one line for each fact. */
export function describeUuid(facts: UuidFacts): readonly string[] {
  return spellStory(`${facts.stream} ${facts.uuid}`, storyOfUuid(facts));
}

export function storyOfUuid(facts: UuidFacts): Story {
  const { entries, letters } = facts;
  const lines = [
    storyLine('bucket', bucketLine(facts)),
    ...uuidEntries(facts).map((view, i) => storyLine(`entry ${i + 1}`, spellEntry(view))),
    ...letters.map((letter) => storyLine('letter', spellLetter(letter))),
    ...(entries.length + letters.length === 0 ? [storyLine('letters', 'none')] : []),
  ];
  return { state: describeState(facts), lines };
}

/** Returns the entries as they are printed in JSON. */
export function uuidEntries({ stream, uuid, entries }: UuidFacts) {
  return entries.map((entry) => entryView(entry, idempotencyKey(stream, uuid, entry.replacement)));
}

function describeState({ bucket, entries, letters }: UuidFacts): string {
  if (entries.length > 0) return stateOf(entries);
  if (!bucket) return letters.length > 0 ? 'dead-lettered; its entry was not looked for' : 'not looked for';
  return bucket.isStored ? 'not seen at that time' : 'not seen at that time, or forgotten';
}

function bucketLine({ bucket }: UuidFacts): string {
  if (!bucket) return 'not known: --at TIME, with the timestamp of the event, finds its entry';
  const { fromMs, lengthMs, isStored, page, expireAtMs } = bucket;
  const name = `${new Date(fromMs).toISOString()} and the ${lengthMs} ms after it`;
  if (!isStored) return `${name}, not stored`;
  const until = expireAtMs === undefined ? '' : `, remembered until ${new Date(expireAtMs).toISOString()}`;
  return `${name}${page === '' ? '' : `, page ${page}`}${until}`;
}
