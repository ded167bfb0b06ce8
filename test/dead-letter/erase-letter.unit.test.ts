import { readLetter } from '../../shared/dead-letter/arrived-letter.ts';
import type { DeadLetter, Standing } from '../../shared/dead-letter/dead-letter.ts';
import { eraseLetter, type Erasure } from '../../shared/dead-letter/erase-letter.ts';
import { fileInRecord } from '../../shared/dead-letter/file-in-record.ts';
import { reopen } from '../../shared/dead-letter/operator-change.ts';
import type { Attributes } from '../../shared/messages/message.ts';
import { aDelivery, minuteMs, noon } from '../support/builders.ts';
import { discardedStanding, filed, openStanding } from '../support/letters.ts';

const attributes: Attributes = {
  stream: 'orders',
  customer: 'ana@example.com',
  'eventmend-code': 'ERR_CONFLICT',
  'eventmend-stage': 'track',
  'eventmend-root': 'events/17',
  'eventmend-id': '7',
  'eventmend-key': 'ana@example.com',
};
const replay = { version: 'original', replace: false, content: 'x' } as const;
const erasure: Erasure = {
  by: 'bea',
  nowMs: noon + minuteMs,
  retentionMs: minuteMs,
  note: 'request 12',
  holds: undefined,
};

function aFiledLetter(content: string, more: Attributes = {}, messageId = '40') {
  return readLetter(
    aDelivery({ topic: 'dead-letter-queue', messageId, content, attributes: { ...attributes, ...more } }),
  );
}

/** A record that has the name of a person wherever it can have one. */
function aRecordOf(standing: Standing, more: Attributes = {}): DeadLetter {
  const record = filed(aFiledLetter('{"email":"ana@example.com"}', more));
  const note = { atMs: noon, by: 'bea', did: 'reopened', replay: 0, note: 'ana@example.com called' } as const;
  const draft = { data: Buffer.from('ana@example.com'), attributes: { customer: 'ana@example.com' } };
  return { ...record, standing, draft, uuid: 'ana@example.com', history: [...record.history, note] };
}

function eraseNow(record: DeadLetter, more: Partial<Erasure> = {}): DeadLetter {
  const result = eraseLetter(record, { ...erasure, ...more });
  if (result.refusal !== undefined) throw new Error(result.refusal);
  return result.record;
}

test('an erased record says nothing of the person any more, and what it is about as before', () => {
  const erased = eraseNow(aRecordOf({ ...discardedStanding, note: 'ana@example.com wants it so' } as Standing));
  expect(JSON.stringify({ ...erased, message: { ...erased.message, data: String(erased.message.data) } })).not.toMatch(
    /ana/,
  );
  expect(erased).toMatchObject({
    root: 'events/17',
    stream: 'orders',
    eventId: 7,
    failure: { code: 'ERR_CONFLICT' },
    standing: { state: 'discarded', note: 'request 12' },
    revision: 2,
    draft: undefined,
    erasedAtMs: noon + minuteMs,
    message: { attributes: { stream: 'orders', 'eventmend-id': '7' } },
  });
  expect(erased.message.data).toHaveLength(0);
  expect(erased.history.map(({ by, did, note }) => [by, did, note])).toEqual([
    ['archive', 'filed', 'ERR_CONFLICT'],
    ['bea', 'reopened', undefined],
    ['bea', 'erased', 'request 12'],
  ]);
});

test.each([
  { was: 'open', standing: openStanding, holds: undefined, becomes: { state: 'discarded', note: 'request 12' } },
  { was: 'open', standing: openStanding, holds: 'published', becomes: { state: 'done', outcome: 'published' } },
  {
    was: 'sent',
    standing: { state: 'sent', replay, sentAtMs: 1, dueAtMs: 2 },
    holds: 'already there',
    becomes: { state: 'done', outcome: 'already there' },
  },
  {
    was: 'done',
    standing: { state: 'done', outcome: 'resolved', expireAtMs: 5 },
    holds: undefined,
    becomes: { state: 'done', outcome: 'resolved', expireAtMs: 5 },
  },
] as const)(
  'a record that is $was is $becomes.state afterwards if the store holds: $holds',
  ({ standing, holds, becomes }) => {
    expect(eraseNow(aRecordOf(standing), { holds }).standing).toMatchObject(becomes);
  },
);

test('a record whose replay may still come back is not erased', () => {
  for (const standing of [
    { state: 'sending', replay, dueAtMs: 2 },
    { state: 'sent', replay, sentAtMs: 1, dueAtMs: 2 },
  ] as const)
    expect(eraseLetter(aRecordOf(standing), erasure)).toEqual({ refusal: 'under-way' });
});

test('a record is erased once, and never opened again by an operator', () => {
  const erased = eraseNow(aRecordOf(openStanding));
  expect(eraseLetter(erased, erasure)).toEqual({ refusal: 'erased' });
  expect(reopen(erased, '', { ...erasure, nowMs: noon, revision: erased.revision })).toEqual({ refusal: 'erased' });
});

test('the letter of a gap has no event to erase', () => {
  const record = aRecordOf(openStanding, { 'eventmend-root': 'gap/orders/7' });
  expect(eraseLetter(record, erasure)).toEqual({ refusal: 'not-an-event' });
});

describe('a letter that comes after the record was erased', () => {
  const facts = { by: 'archive', nowMs: noon + minuteMs, holds: undefined, retentionMs: minuteMs };
  const erased = eraseNow(aRecordOf(openStanding));

  test('does not bring the content back if it was known', () => {
    const after = fileInRecord(erased, aFiledLetter('{"email":"ana@example.com"}', {}, '41'), facts);
    expect(after).toMatchObject({ standing: { state: 'discarded' }, erasedAtMs: noon + minuteMs });
    expect(after.message).toBe(erased.message);
  });

  test('opens the record with its own message if that was not known, so that no event is lost', () => {
    const letter = aFiledLetter('{"another":"event"}', {}, '41');
    const after = fileInRecord(erased, letter, facts);
    expect(after).toMatchObject({ standing: { state: 'open' }, message: letter.message, erasedAtMs: undefined });
  });
});
