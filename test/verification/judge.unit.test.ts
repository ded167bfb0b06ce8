import fc from 'fast-check';
import { mappingOf, type Mapping } from '../../shared/record-mapping.ts';
import type { TypeDefinition } from '../../shared/stream-settings.ts';
import { makeSources } from '../../shared/sources/sources.ts';
import { readCheckedEvent, type CheckedEvent } from '../../shared/verification/checked-event.ts';
import { judge, undecided } from '../../shared/verification/judge.ts';
import type { Sighting } from '../../shared/verification/sighting.ts';
import { aDelivery, aRouting, minuteMs, noon } from '../support/builders.ts';

type RecordSetting = NonNullable<TypeDefinition['record']>;

/** A mapping of two values, of which the first never changes. */
function aMapping(settings: Partial<RecordSetting> = {}): Mapping {
  const fields = {
    '/data/amount': { at: '/amount', fixed: true, as: 'number' },
    '/data/status': '/status',
  } as const;
  return mappingOf('stripe', { kind: 'charge', id: '/data/id', fields, ...settings })!;
}

function readEvent(text: string): CheckedEvent {
  return readCheckedEvent(aDelivery({ content: text }), aRouting(), makeSources(new Map()));
}

function anEventWith(data: string, valid = true): CheckedEvent {
  return readEvent(`{"valid":${valid},"data":${data}}`);
}

function aRecord(text: string, more: object = { changedAtMs: noon }): Sighting {
  return { text, fetchedAtMs: noon, ...more };
}

const right = aRecord('{"amount":100,"status":"paid"}');
const laterMs = noon + 60 * minuteMs;

function judged(
  data: string,
  record: Sighting = right,
  { valid = true, nowMs = laterMs, ...settings }: { valid?: boolean; nowMs?: number } & Partial<RecordSetting> = {},
) {
  return judge(anEventWith(data, valid), record, aMapping(settings), nowMs);
}

describe('a record that is absent', () => {
  const absent: Sighting = { absent: true, fetchedAtMs: noon };

  it('may still appear in the first five minutes after the event: the event waits', () => {
    expect(judged('{}', absent, { nowMs: noon + 5 * minuteMs - 1 })).toBe('wait');
  });

  it('says nothing afterwards: it may have been deleted', () => {
    expect(judged('{}', absent, { nowMs: noon + 5 * minuteMs })).toMatchObject({ says: 'undecided' });
  });
});

describe('a record that was last changed before the event', () => {
  const old = aRecord('{"amount":5,"status":"new"}', { changedAtMs: noon - 2_001 });

  it('is a stale read: the event waits', () => {
    expect(judged('{"amount":100,"status":"paid"}', old)).toBe('wait');
  });

  it('is none within the difference of the clocks', () => {
    const near = aRecord('{"amount":100,"status":"paid"}', { changedAtMs: noon - 2_000 });
    expect(judged('{"amount":100,"status":"paid"}', near)).toEqual({ says: 'verified' });
  });

  it('is what the event tells of, if it tells of a state and not of a change', () => {
    expect(judged('{"amount":5,"status":"new"}', old, { about: 'state' })).toEqual({ says: 'verified' });
  });
});

describe('a record that was changed since the event', () => {
  const moved = aRecord('{"amount":100,"status":"refunded"}', { changedAtMs: noon + minuteMs });

  it('decides about a valid event by what never changes', () => {
    expect(judged('{"amount":100,"status":"paid"}', moved)).toEqual({ says: 'verified' });
    expect(judged('{"amount":7,"status":"paid"}', moved)).toMatchObject({
      corrections: [{ at: '/data/amount', before: '7', after: '100' }],
    });
  });

  it('cannot decide about an event that says it is invalid, since any of its values may be wrong', () => {
    expect(judged('{"amount":100,"status":"paid"}', moved, { valid: false })).toEqual({
      says: 'undecided',
      why: 'not known as of the event: /data/status',
    });
  });

  it('cannot decide if no value is fixed', () => {
    const fields = { '/data/status': '/status' };
    expect(judged('{"status":"paid"}', moved, { fields })).toMatchObject({ says: 'undecided' });
  });
});

it('a system that never tells when a record was changed decides only by what never changes', () => {
  const timeless = aRecord('{"amount":100,"status":"x"}', {});
  expect(judged('{"amount":100,"status":"paid"}', timeless)).toEqual({ says: 'verified' });
  expect(judged('{"amount":100,"status":"x"}', timeless, { valid: false })).toMatchObject({ says: 'undecided' });
});

describe('the history of a value', () => {
  const history = (...since: (readonly [text: string, sinceMs: number])[]): Sighting =>
    aRecord('{"amount":100,"status":"refunded"}', {
      changedAtMs: noon + 30 * minuteMs,
      history: { '/status': since.map(([text, sinceMs]) => ({ text, sinceMs })) },
    });

  it('tells the value at the time of the event, whatever it is now', () => {
    const record = history(['"refunded"', noon + minuteMs], ['"paid"', noon - 1_000], ['"new"', noon - minuteMs]);
    expect(judged('{"amount":100,"status":"paid"}', record, { valid: false })).toEqual({ says: 'verified' });
    expect(judged('{"amount":100,"status":"refunded"}', record)).toMatchObject({
      corrections: [{ at: '/data/status', before: '"refunded"', after: '"paid"' }],
    });
  });

  it('cannot tell which of two values is right that changed within the difference of the clocks', () => {
    const record = history(['"b"', noon + 1_000], ['"a"', noon - 1_000]);
    expect(judged('{"amount":100,"status":"a"}', record, { valid: false })).toEqual({ says: 'verified' });
    expect(judged('{"amount":100,"status":"b"}', record, { valid: false })).toEqual({ says: 'verified' });
    expect(judged('{"amount":100,"status":"c"}', record, { valid: false })).toMatchObject({ says: 'undecided' });
  });

  it('that begins after the event says nothing about it', () => {
    const record = history(['"refunded"', noon + minuteMs]);
    expect(judged('{"amount":100,"status":"paid"}', record, { valid: false })).toMatchObject({ says: 'undecided' });
  });
});

it('a value that the system keeps back says nothing', () => {
  const redacted = aRecord('{"amount":100,"status":""}', { changedAtMs: noon, withheld: ['/status'] });
  expect(judged('{"amount":100,"status":"paid"}', redacted)).toEqual({ says: 'verified' });
  expect(judged('{"amount":100,"status":"paid"}', redacted, { valid: false })).toMatchObject({ says: 'undecided' });
});

it('a value that the record does not have says nothing, and one that is null is an absent value', () => {
  expect(judged('{"amount":100,"status":"paid"}', aRecord('{"amount":100}'), { valid: false })).toMatchObject({
    says: 'undecided',
  });
  const empty = aRecord('{"amount":100,"status":null}');
  expect(judged('{"amount":100}', empty, { valid: false })).toEqual({ says: 'verified' });
});

describe('a difference', () => {
  it('is corrected in every value that differs, in the form of the event', () => {
    expect(judged('{"amount":"7","status":"new"}')).toEqual({
      says: 'corrected',
      corrections: [
        { at: '/data/amount', before: '"7"', after: '"100"' },
        { at: '/data/status', before: '"new"', after: '"paid"' },
      ],
    });
  });

  it('beyond what a double can hold is one', () => {
    const record = aRecord('{"amount":9007199254740993,"status":"paid"}');
    expect(judged('{"amount":9007199254740993.0,"status":"paid"}', record)).toEqual({ says: 'verified' });
    expect(judged('{"amount":9007199254740992,"status":"paid"}', record)).toMatchObject({
      corrections: [{ after: '9007199254740993' }],
    });
  });

  it('in what identifies the event is refused, and names no value', () => {
    const mapping = { ...aMapping(), untouchable: ['/data/amount'] };
    expect(judge(anEventWith('{"amount":7,"status":"paid"}'), right, mapping, laterMs)).toEqual({
      says: 'refused',
      why: 'is of another event by its record: /data/amount',
    });
  });

  it.each([
    ['a member that occurs twice', '{"amount":7,"amount":8,"status":"paid"}'],
    ['a member of a value that is no object', '"amount"'],
  ])('in %s is refused, since it cannot be edited', (_, data) => {
    expect(judged(data)).toMatchObject({ says: 'refused', why: expect.stringContaining('cannot be edited') as string });
  });

  it('in an event whose body is not edited is refused', () => {
    const uneditable = { ...anEventWith('{"amount":7,"status":"paid"}'), isEditable: false };
    expect(judge(uneditable, right, aMapping(), laterMs)).toEqual({
      says: 'refused',
      why: 'differs from its record and cannot be edited: /data/amount',
    });
  });
});

describe('what cannot be decided', () => {
  it('passes as unverified if the event is valid by its own word, and the catalog lets it', () => {
    expect(undecided(anEventWith('{}'), 'why', undefined)).toEqual({ says: 'unverified', why: 'why' });
    expect(undecided(anEventWith('{}'), 'why', 'pass')).toEqual({ says: 'unverified', why: 'why' });
    expect(undecided(anEventWith('{}'), 'why', 'refuse')).toEqual({ says: 'refused', why: 'why' });
    expect(undecided(anEventWith('{}', false), 'why', 'pass')).toEqual({ says: 'refused', why: 'why' });
  });
});

describe('whatever the event, the record and the time are', () => {
  const value = fc.constantFrom('1', '1.0', '"1"', '2', 'null', '"x"', '[1]', '{"a":1}');
  const data = fc.tuple(value, value).map(([amount, status]) => `{"amount":${amount},"status":${status}}`);
  const record = fc
    .record({
      amount: value,
      status: value,
      changedAtMs: fc.option(fc.integer({ min: noon - 9_000, max: noon + 9_000 })),
    })
    .map(({ amount, status, changedAtMs }) =>
      aRecord(`{"amount":${amount},"status":${status}}`, changedAtMs === null ? {} : { changedAtMs }),
    );

  it('a corrected event is verified when it is judged again', () => {
    fc.assert(
      fc.property(data, record, fc.boolean(), (own, sighting, valid) => {
        const event = anEventWith(own, valid);
        const answer = judge(event, sighting, aMapping(), laterMs);
        if (answer === 'wait' || answer.says !== 'corrected') return;
        let text = event.values!.text;
        for (const { at, after } of answer.corrections) text = readEvent(text).values!.withValue(at, after)!;
        expect(judge(readEvent(text), sighting, aMapping(), laterMs)).toEqual({
          says: 'verified',
        });
      }),
    );
  });

  it('a record that was changed after the event corrects nothing but what is fixed', () => {
    fc.assert(
      fc.property(data, value, (own, status) => {
        const sighting = aRecord(`{"amount":1,"status":${status}}`, { changedAtMs: noon + 2_001 });
        const answer = judged(own, sighting);
        if (answer !== 'wait' && answer.says === 'corrected')
          expect(answer.corrections.map(({ at }) => at)).toEqual(['/data/amount']);
      }),
    );
  });
});
