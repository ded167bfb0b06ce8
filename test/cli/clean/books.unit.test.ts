import fc from 'fast-check';
import { FileBooks, isBalanced, type Summary } from '../../../cli/clean/books.ts';
import type { Attributes } from '../../../shared/messages/message.ts';

const nothing = {
  applied: 0,
  dropped: 0,
  revisions: 0,
  revisionRuns: [],
  pending: 0,
  gaps: [],
  outliers: [],
  offStep: [],
};

function aLetter(code: string, root = 'events/1'): Attributes {
  return { 'eventmend-code': code, 'eventmend-root': root };
}

const aSummary: Summary = {
  received: 10,
  cleaned: 5,
  reconstructed: 2,
  duplicates: 0,
  conflicts: 0,
  otherContent: 0,
  deadLettered: 3,
  ...nothing,
  applied: 2,
  dropped: 1,
  pending: 1,
  byCode: {},
  reasons: [],
};

describe('the books', () => {
  test('count each line that goes in, and each clean event and letter that comes out', () => {
    const books = new FileBooks();
    for (let i = 0; i < 5; i++) books.receive();
    books.clean({ origin: 'producer' });
    books.clean({ origin: 'verified' });
    books.clean({ origin: 'reconstructed' });
    books.deadLetter(aLetter('ERR_DUPLICATE'));
    books.deadLetter(aLetter('ERR_CONFLICT'));
    books.deadLetter(aLetter('ERR_DUPLICATE'));
    expect(books.close(nothing)).toEqual({
      received: 5,
      cleaned: 3,
      reconstructed: 1,
      duplicates: 2,
      conflicts: 1,
      otherContent: 0,
      deadLettered: 3,
      applied: 0,
      dropped: 0,
      revisions: 0,
      revisionRuns: [],
      pending: 0,
      gaps: [],
      outliers: [],
      offStep: [],
      byCode: { ERR_CONFLICT: 1, ERR_DUPLICATE: 2 },
      reasons: [
        { code: 'ERR_DUPLICATE', detail: '', letters: 2 },
        { code: 'ERR_CONFLICT', detail: '', letters: 1 },
      ],
    });
  });

  test('tell conflicts of content apart from those of voids', () => {
    const books = new FileBooks();
    for (const detail of ['other-content', 'other-content', 'void of ids that were seen: 4'])
      books.deadLetter({ ...aLetter('ERR_CONFLICT'), 'eventmend-detail': detail });
    expect(books.close(nothing)).toMatchObject({ conflicts: 3, otherContent: 2 });
  });

  test('do not say of a conflict that ids are shared where events have no numbers', () => {
    const books = new FileBooks((stream) => stream === 'orders');
    for (const stream of ['orders', 'stripe'])
      books.deadLetter({ ...aLetter('ERR_CONFLICT'), stream, 'eventmend-detail': 'other-content' });
    expect(books.close(nothing)).toMatchObject({ conflicts: 2, otherContent: 1 });
  });

  test('count the letter of a gap or of an inference by its code, without a line', () => {
    const books = new FileBooks();
    books.deadLetter(aLetter('ERR_GAP_UNRECOVERABLE', 'gap/orders/5'));
    books.deadLetter(aLetter('ERR_INVALID_EVENT', 'inferred/orders/5'));
    expect(books.close(nothing)).toMatchObject({
      deadLettered: 0,
      byCode: { ERR_GAP_UNRECOVERABLE: 1, ERR_INVALID_EVENT: 1 },
    });
  });

  test('count a letter of Pub/Sub’s own as that of a line that could not be delivered', () => {
    const books = new FileBooks();
    books.deadLetter({ CloudPubSubDeadLetterSourceSubscription: 'validate-events' });
    expect(books.close(nothing)).toMatchObject({ deadLettered: 1, byCode: { ERR_DELIVERY: 1 } });
  });

  test('take over what is known of the rest', () => {
    const revised = { revisions: 4, revisionRuns: [{ from: 5, to: 8, ids: 4 }] };
    const gaps = [{ from: 5, to: 8, state: 'abandoned', missing: 4 }] as const;
    const rest = { applied: 1, dropped: 2, ...revised, pending: 3, gaps, outliers: [900], offStep: [] };
    expect(new FileBooks().close(rest)).toMatchObject(rest);
  });

  test('leave out the letter about several sequences, which is of no event', () => {
    const books = new FileBooks();
    books.deadLetter({
      ...aLetter('ERR_CONFLICT', 'sequences/s/2025-02-09'),
      'eventmend-detail': 'all or most of these ids hold several events: 1–5',
    });
    expect(books.close(nothing)).toMatchObject({ conflicts: 0, deadLettered: 0, byCode: {} });
  });

  test('list codes by name', () => {
    const books = new FileBooks();
    for (const code of ['ERR_STALE', 'ERR_CONFLICT', 'ERR_INCORRECT']) books.deadLetter(aLetter(code));
    expect(Object.keys(books.close(nothing).byCode)).toEqual(['ERR_CONFLICT', 'ERR_INCORRECT', 'ERR_STALE']);
  });
});

describe('the books balance', () => {
  test('where every line that was received is in exactly one place, what was reconstructed besides', () => {
    // 5 - 2 clean, 3 letters, 2 voids, 1 dropped, 1 pending.
    expect(isBalanced(aSummary)).toBe(true);
  });

  test.each(['received', 'cleaned', 'reconstructed', 'deadLettered', 'applied', 'dropped', 'pending'] as const)(
    'not if one is missing or counted twice in %s',
    (column) => {
      expect(isBalanced({ ...aSummary, [column]: aSummary[column] + 1 })).toBe(false);
      expect(isBalanced({ ...aSummary, [column]: aSummary[column] - 1 })).toBe(false);
    },
  );

  test('however many lines end in each of the places', () => {
    const place = fc.constantFrom('clean', 'letter', 'applied', 'dropped', 'pending');
    fc.assert(
      fc.property(fc.array(place), fc.nat(20), fc.nat(20), (lines, inferred, gaps) => {
        const books = new FileBooks();
        const times = (name: string): number => lines.filter((line) => line === name).length;
        for (const line of lines) {
          books.receive();
          if (line === 'clean') books.clean({ origin: 'producer' });
          if (line === 'letter') books.deadLetter(aLetter('ERR_STALE'));
        }
        for (let i = 0; i < inferred; i++) books.clean({ origin: 'reconstructed' });
        for (let i = 0; i < gaps; i++) books.deadLetter(aLetter('ERR_GAP_UNRECOVERABLE', `gap/orders/${i}`));
        const rest = { applied: times('applied'), dropped: times('dropped'), pending: times('pending') };
        expect(isBalanced(books.close({ ...nothing, ...rest }))).toBe(true);
      }),
    );
  });
});
