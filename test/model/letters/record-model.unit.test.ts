import type { DeadLetter } from '../../../shared/dead-letter/dead-letter.ts';
import { digest } from '../../../shared/digest.ts';
import { letterFunctions, type LetterFunctions } from './letter-functions.ts';
import { letterScenarios, recordScenarios } from './letter-scenarios.ts';
import { searchLetters } from './letter-search.ts';

const { fileInRecord, editDraft, decideReplay, discard, eraseLetter, markSent, reopen } = letterFunctions;

const asOpen = (record: DeadLetter): DeadLetter => ({ ...record, standing: { state: 'open', because: 'failed' } });

/** The real filing, to a changed record. */
function onChangedRecord(change: (record: DeadLetter) => DeadLetter): LetterFunctions['fileInRecord'] {
  return (record, letter, facts) => {
    if (!record) return fileInRecord(record, letter, facts);
    const changed = change(record);
    const filed = fileInRecord(changed, letter, facts);
    return filed === changed ? record : filed;
  };
}

interface Fault {
  readonly fault: string;
  readonly functions: Partial<LetterFunctions>;
  readonly title: string;
  readonly law: string;
}

const faults: readonly Fault[] = [
  {
    fault: 'the tick does not finish what a crash left',
    functions: { ticks: false },
    title: 'a failed message that is edited and replayed, with crashes',
    law: 'sending for ever',
  },
  {
    fault: 'the tick forgets how the operator sent the replay',
    functions: { resent: (replay) => ({ ...replay, replace: false }) },
    title: 'a conflict that replaces the other event',
    law: 'a replay is sent again as another message',
  },
  {
    fault: 'the record is sent before anything was published',
    functions: {
      decideReplay: (record, decision, operator) => {
        const result = decideReplay(record, decision, operator);
        const decided = result.refusal === undefined ? result.record : undefined;
        if (!decided) return result;
        const sent = markSent(decided, decided.replay, operator);
        return { record: { ...sent, history: sent.history.slice(1) } };
      },
    },
    title: 'a failed message that is edited and replayed, with crashes',
    law: 'sent, and nothing under way',
  },
  {
    fault: 'the write after the publish does not look at the state',
    functions: {
      markSent: (record, n, actor) => {
        const replay = { version: 'original', replace: false, content: '', entry: undefined } as const;
        return markSent({ ...record, standing: { state: 'sending', replay, dueAtMs: 0 } }, n, actor);
      },
    },
    title: 'a failed message that is replayed in vain, edited, and replayed',
    law: 'sent, and nothing under way',
  },
  {
    fault: 'a letter of an earlier replay counts like one of the last',
    functions: {
      fileInRecord: (record, letter, facts) =>
        fileInRecord(record, { ...letter, replay: Math.max(letter.replay, record?.replay ?? 0) }, facts),
    },
    title: 'a failed message that is edited and replayed, with crashes',
    law: 'a letter of an earlier replay changed the state',
  },
  {
    fault: 'track does not read the record of a replay',
    functions: { awaitsReplay: () => true },
    title: 'a message that is given up twice, and replayed or discarded, with a crash',
    law: 'published though discarded',
  },
  {
    fault: 'an edit does not look at the revision',
    functions: {
      editDraft: (record, draft, content, operator) =>
        editDraft(record, draft, content, { ...operator, revision: record.revision }),
    },
    title: 'two operators who edit and replay',
    law: 'an edit overwrote one that its author had not seen',
  },
  {
    fault: 'a replay does not look at the revision',
    functions: {
      decideReplay: (record, decision, operator) =>
        decideReplay(record, decision, { ...operator, revision: record.revision }),
    },
    title: 'two operators who edit and replay',
    law: 'an operator replayed what he had not seen',
  },
  {
    fault: 'a letter overwrites the message',
    functions: {
      fileInRecord: (record, letter, facts) => {
        const filed = fileInRecord(record, letter, facts);
        return filed === record ? filed : { ...filed, message: letter.message, draft: undefined };
      },
    },
    title: 'a failed message that is replayed in vain, edited, and replayed',
    law: 'a letter changed the message',
  },
  {
    fault: 'a record that is under way can be discarded',
    functions: {
      discard: (record, note, operator) => discard(asOpen(record), note, { ...operator, revision: record.revision }),
    },
    title: 'a refused message that one operator replays, and another discards',
    law: 'discarded while a replay is under way',
  },
  {
    fault: 'a discarded record is opened by any letter',
    functions: { fileInRecord: onChangedRecord((record) => ({ ...record, known: [] })) },
    title: 'a failed message that is discarded, reopened, edited and replayed',
    law: 'a copy reopened a discarded letter',
  },
  {
    fault: 'a letter opens a record that is done',
    functions: {
      fileInRecord: onChangedRecord((record) =>
        record.standing.state === 'done' ? { ...asOpen(record), failedAtMs: -1 } : record,
      ),
    },
    title: 'a message that is given up twice, and replayed or discarded',
    law: 'a letter reopened what was done',
  },
  {
    fault: 'an accepted entry counts as published',
    functions: {
      isHeldByStore: (_, { cell }) => cell.some(({ root, state }) => root === digest('r') && state !== 'closed'),
    },
    title: 'a refused message that is edited and replayed',
    law: 'done, but not published',
  },
  {
    fault: 'archive does not ask the store',
    functions: {
      fileInRecord: (record, letter, facts) => fileInRecord(record, letter, { ...facts, holds: undefined }),
    },
    title: 'a failed message whose edit another message brought meanwhile',
    law: 'open, though the store holds it',
  },
  {
    fault: 'the store is not asked before a discard',
    functions: { asksBefore: () => false, mayBePublished: () => false },
    title: 'a message that is given up twice, and replayed or discarded',
    law: 'discarded though it is published',
  },
  {
    fault: 'what is accepted and not marked can be discarded',
    functions: { mayBePublished: () => false },
    title: 'a message that is given up twice, and replayed or discarded',
    law: 'discarded though it is published',
  },
  {
    fault: 'a record that is under way can be erased',
    functions: { eraseLetter: (record, erasure) => eraseLetter(asOpen(record), erasure) },
    title: 'a failed message that one operator edits and replays, and another erases',
    law: 'discarded while a replay is under way',
  },
  {
    fault: 'an erased record is opened by any letter',
    functions: {
      fileInRecord: onChangedRecord((record) => (record.erasedAtMs === undefined ? record : { ...record, known: [] })),
    },
    title: 'a failed message that one operator edits and replays, and another erases',
    law: 'a letter brought back what was erased',
  },
  {
    fault: 'an erased record can be reopened',
    functions: { reopen: (record, note, operator) => reopen({ ...record, erasedAtMs: undefined }, note, operator) },
    title: 'a refused message that is replayed, or erased and reopened',
    law: 'an operator opened what was erased',
  },
  {
    fault: 'a change leaves no entry in the history',
    functions: { markSent: (record, n, actor) => ({ ...markSent(record, n, actor), history: [] }) },
    title: 'a failed message that is edited and replayed, with crashes',
    law: 'a change without an entry in the history',
  },
  {
    fault: 'a record expires before the last message of its root',
    functions: { outlives: false },
    title: 'a record that expires',
    law: 'a letter came after its record had expired',
  },
];

describe('the record of a dead letter', () => {
  test.each(recordScenarios)('keeps the laws: $title', (scenario) => {
    expect([...searchLetters(scenario).broken].map(([law, way]) => [law, ...way])).toEqual([]);
  });

  test.each(faults)('breaks a law if $fault', ({ functions, title, law }) => {
    const scenario = [...letterScenarios, ...recordScenarios].find((one) => one.title === title)!;
    expect([...searchLetters(scenario, functions, law).broken.keys()]).toContain(law);
  });
});
