import { breaches, type Breach } from '../simulation/laws.ts';
import type { SentMessage } from '../simulation/sent-message.ts';
import { catalog } from './catalog.ts';
import { LiveJournal } from './live-journal.ts';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { aGap, aMessage, aProgress } from '../support/builders.ts';

const content = '{"event_id":7,"type":"Lead","timestamp":"2026-06-01T00:00:00Z","valid":true,"data":{"amount":1}}';
const cleaned = aMessage(content, {
  sent: '1',
  stream: 'web',
  event_id: '7',
  type: 'Lead',
  idempotency_key: 'web/7/1780272000000',
  origin: 'producer',
});

/** The only message, of the stream `web`. */
const sent: SentMessage = {
  n: 1,
  stream: 'web',
  attributes: { stream: 'web', sent: '1' },
  text: content,
  what: {
    kind: 'event',
    id: 7,
    key: 'web/7/1780272000000',
    content,
    toBeChecked: false,
    possibleDuplicate: false,
    isFarAhead: false,
  },
};

/** A journal in which the message was sent and tracked, and its stream was swept. */
function aJournal(): LiveJournal {
  const journal = new LiveJournal();
  journal.sent.push({ ...journal.stamp(1_000), sent });
  journal.see('validated-events', aMessage(content, { sent: '1', stream: 'web', 'eventmend-id': '7' }), 1_010);
  const pieces = [{ from: 7, to: 7, sinceMs: 0, atMs: 1_000, isScanned: true }];
  const progress = aProgress({ stream: 'web', pieces });
  journal.progress.push({ ...journal.stamp(1_030), progress });
  return journal;
}

/** The result of a pipeline that has come to rest, apart from its journal. */
const ended = {
  ...{ pending: 0, handlersUnderWay: 0, filed: new Map(), oversized: () => undefined, suspects: [] },
  held: new Map([['web', new Set([7])]]),
};

function breachesOf(journal: LiveJournal): readonly Breach[] {
  journal.putInOrder();
  const made = makeCatalog(catalog);
  const sink = (key: string) =>
    journal.published.some(({ message }) => message.attributes.idempotency_key === key)
      ? { event: cleaned }
      : undefined;
  return breaches({ journal, settings: (stream) => made.stream(stream), ...ended, sink });
}

describe('the journal of a soak', () => {
  it('keeps every law if each message came out', () => {
    const journal = aJournal();
    journal.see('cleaned-events', cleaned, 1_020);
    expect(breachesOf(journal)).toEqual([]);
  });

  it('breaks the law that each message ends in one place if one did not come out', () => {
    expect(breachesOf(aJournal())).toContainEqual({
      law: 'each message ends in one place',
      what: expect.stringContaining('message 1 is lost') as string,
    });
  });

  it('sorts observations by the time at which they happened, not by arrival', () => {
    const late = new LiveJournal();
    late.seeRow(aGap({ stream: 'web', from: 5, to: 6, state: 'requested', foundAtMs: 500, requestedAtMs: 900 }));
    late.seeRow(aGap({ stream: 'web', from: 3, to: 3, state: 'open', foundAtMs: 400 }));
    late.see('cleaned-events', cleaned, 2_000);
    late.see('dead-letter-queue', cleaned, 1_500);
    late.putInOrder();
    expect(late.rows.map(({ order, row }) => [order, row.from])).toEqual([
      [400, 3],
      [900, 5],
    ]);
    expect(late.published.map(({ topic }) => topic)).toEqual(['dead-letter-queue', 'cleaned-events']);
  });

  it.each(['filled', 'reconstructed', 'abandoned'] as const)(
    'counts a gap as resolved from when it was seen, since its sweep can have begun before its event came: %s',
    (state) => {
      const journal = new LiveJournal();
      const before = Date.now();
      journal.seeRow(aGap({ state, foundAtMs: 500, resolvedAtMs: 900 }));
      expect(journal.rows[0]?.order).toBeGreaterThanOrEqual(before);
    },
  );

  it.each([
    [{ 'eventmend-kind': 'refusal', sent: '1' }, ['refused']],
    [{ origin: 'verified', sent: '1' }, ['verified']],
    [{ origin: 'reconstructed' }, []],
  ])('records the answer of verify in a message with the attributes %j', (attributes, says) => {
    const journal = new LiveJournal();
    journal.see('mended-events', aMessage(content, attributes), 1_000);
    expect(journal.checks.map((check) => check.says)).toEqual(says);
  });

  it('takes the latest publish time for its last movement, in whatever order messages arrive', () => {
    const journal = new LiveJournal();
    journal.see('cleaned-events', cleaned, 2_000);
    journal.see('cleaned-events', cleaned, 1_000);
    expect(journal.movedAtMs).toBe(2_000);
  });
});
