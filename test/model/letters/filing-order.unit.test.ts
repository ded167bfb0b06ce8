import type { DeadLetter } from '../../../shared/dead-letter/dead-letter.ts';
import { fileInRecord } from '../../../shared/dead-letter/file-in-record.ts';
import type { Code } from '../../../shared/failure.ts';
import { arrived } from './record-moves.ts';

const facts = { by: 'archive', nowMs: 0, holds: undefined, retentionMs: 1 };

function letter(n: number, content: string, code: Code, at: number) {
  return arrived({ is: 'letter', n, content, code, at });
}

const first = fileInRecord(undefined, letter(0, 'a', 'ERR_INVALID_EVENT', 0), facts);
const replay = { version: 'draft', replace: false, content: 'b', entry: undefined } as const;
/** The record of a letter whose second replay is under way. */
const sent: DeadLetter = {
  ...first,
  replay: 2,
  draft: { data: Buffer.from('b'), attributes: {} },
  known: ['a', 'b'],
  standing: { state: 'sent', replay, sentAtMs: 0, dueAtMs: 0 },
};

const sets = [
  {
    letters: 'three letters of the first message',
    filed: undefined,
    set: [letter(0, 'a', 'ERR_INVALID_EVENT', 3), letter(0, 'a', 'ERR_DELIVERY', 1), letter(0, 'a', 'ERR_CONFLICT', 2)],
    ends: { state: 'open', replay: 0, code: 'ERR_INVALID_EVENT', content: 'a' },
  },
  {
    letters: 'letters of the last two replays, and of the first message',
    filed: sent,
    set: [
      letter(0, 'a', 'ERR_INVALID_EVENT', 9),
      letter(2, 'b', 'ERR_INVALID_EVENT', 2),
      letter(2, 'b', 'ERR_DELIVERY', 3),
    ],
    ends: { state: 'open', replay: 2, code: 'ERR_DELIVERY', content: 'a' },
  },
  {
    letters: 'two letters that failed at the same time, and one of a later replay',
    filed: sent,
    set: [letter(2, 'b', 'ERR_DELIVERY', 1), letter(2, 'b', 'ERR_INVALID_EVENT', 1), letter(3, 'b', 'ERR_CONFLICT', 1)],
    ends: { state: 'open', replay: 3, code: 'ERR_CONFLICT', content: 'a' },
  },
  {
    letters: 'two letters that failed at the same time with two codes',
    filed: sent,
    set: [letter(2, 'b', 'ERR_DELIVERY', 1), letter(2, 'b', 'ERR_INVALID_EVENT', 1)],
    ends: { state: 'open', replay: 2, code: 'ERR_INVALID_EVENT', content: 'a' },
  },
];

test.each(sets)('the order of $letters, with copies, does not matter', ({ set, filed, ends }) => {
  // A copy has a message id of its own.
  const copy = { ...set[0]!, messageId: 'copy' };
  for (const order of permutations([...set, copy])) {
    const record = order.reduce<DeadLetter | undefined>((before, one) => fileInRecord(before, one, facts), filed)!;
    const { standing, replay: n, failure, message } = record;
    const content = Buffer.from(message.data).toString();
    expect({ state: standing.state, replay: n, code: failure.code, content }).toEqual(ends);
  }
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}
