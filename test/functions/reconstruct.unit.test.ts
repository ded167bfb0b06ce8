import { makeReconstruct } from '../../functions/reconstruct/handler.ts';
import { makeCatalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { EmbeddedLog } from '../../shared/embedded/log.ts';
import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import type { Reset } from '../../shared/gaps/reset.ts';
import type { Handler } from '../../shared/messages/message.ts';
import {
  aDelivery,
  aGap,
  anEntry,
  atOnce,
  fileGaps,
  aVoidEntry,
  cellsOf,
  dayMs,
  hold,
  idsFrom,
  minuteMs,
  noon,
  RecordingPublisher,
  textOf,
} from '../support/builders.ts';
import { portsInMemory } from '../support/ports.ts';

const lenient: CatalogDefinition = {
  types: { Transaction: { inferable: false } },
  streams: { default: { minConfidence: 0 } },
};

/** A reconstruct for the stream `orders`, on stores in memory, ten minutes past noon. */
class Reconstructing {
  readonly clock = new VirtualClock(noon + 10 * minuteMs);
  readonly publisher = new RecordingPublisher();
  readonly ledger = new EmbeddedGapLedger(atOnce);
  readonly blocks = new EmbeddedBlockStore(atOnce);
  readonly errors: string[] = [];
  private readonly handler: Handler;

  constructor(catalog: CatalogDefinition = lenient) {
    const { publisher, ledger, blocks, clock } = this;
    const log = new EmbeddedLog((message, error) => this.errors.push(`${message}: ${String(error)}`));
    const ports = portsInMemory({ publisher, ledger, blocks, catalog: makeCatalog(catalog), clock, log });
    ({ handler: this.handler } = makeReconstruct(ports));
  }

  /** Holds events of consecutive minutes, by their ids. */
  hold(types: Readonly<Record<number, string>>): Promise<void> {
    const cells = Object.entries(types).map(([id, type]) => [
      id,
      anEntry({ type, instantMs: noon + Number(id) * minuteMs }),
    ]);
    return hold(this.blocks, 'orders', Object.fromEntries(cells) as Record<number, ReturnType<typeof anEntry>>);
  }

  gap(gap: Partial<Gap>): Promise<void> {
    return fileGaps(this.ledger, [aGap({ state: 'requested', deadlineMs: noon, ...gap })]);
  }

  /** Asks for ids to be inferred, as sweep does; where no gap is filed, one that was found at noon is. */
  async ask(from: number, to = from, phase = 'infer'): Promise<void> {
    if (!(await this.ledger.find('orders', from))) await this.gap({ from, to });
    const deadline = '2025-02-09T12:00:00.000Z';
    const content = JSON.stringify({ stream: 'orders', from, to, attempt: 1, deadline });
    await this.handler(aDelivery({ topic: 'reprocess-requests', content, attributes: { stream: 'orders', phase } }));
  }

  /** Delivers any message. */
  take(content: string): Promise<void> {
    return this.handler(aDelivery({ topic: 'reprocess-requests', content, attributes: { phase: 'infer' } }));
  }

  get inferred(): string[] {
    return this.publisher.on('mended-events').map(textOf);
  }

  /** Why sweep must give up a gap. */
  async whyOf(from: number): Promise<string | undefined> {
    return (await this.ledger.find('orders', from))?.value.why;
  }

  async stateOf(from: number): Promise<string | undefined> {
    return (await this.ledger.find('orders', from))?.value.state;
  }
}

test.each([
  ['is not JSON', 'infer!', 'not JSON'],
  [
    'ends before it begins',
    '{"stream":"orders","from":5,"to":4,"attempt":1,"deadline":"2025-02-09T12:00:00Z"}',
    'to: ',
  ],
])('a request that %s is logged as an error, and does not come again', async (_, content, why) => {
  const reconstructing = new Reconstructing();
  await reconstructing.take(content);
  expect(reconstructing.errors).toEqual([
    expect.stringContaining(`a message could not be read: InvariantError: message 1 on reprocess-requests: ${why}`),
  ]);
  expect(reconstructing.publisher.published).toEqual([]);
});

describe('what is missing of a gap', () => {
  test('is inferred and published to mended-events, marked as reconstructed', async () => {
    const reconstructing = new Reconstructing();
    await reconstructing.hold({ 1: 'Lead', 2: 'Lead', 4: 'Lead' });
    await reconstructing.ask(3);
    expect(reconstructing.inferred).toEqual([
      '{"event_id":3,"type":"Lead","timestamp":"2025-02-09T12:03:00","valid":true,' +
        '"_eventmend":{"neighbours":{"previous":2,"next":4},"typeConfidence":0.75,' +
        '"existed":{"confidence":0.9901,"answers":{"originals":0,"voids":0},"assumed":{"originals":10,"voids":0.1}}}}',
    ]);
    expect(reconstructing.publisher.published.map(({ attributes }) => attributes)).toEqual([
      {
        stream: 'orders',
        origin: 'reconstructed',
        'eventmend-root': 'inferred/orders/3',
        confidence: '0.7426',
        method: 'context',
      },
    ]);
  });

  test('is only what has not come since, which counts as answered in time', async () => {
    const reconstructing = new Reconstructing();
    await reconstructing.hold({ 1: 'Lead', 3: 'Lead', 5: 'Lead' });
    await reconstructing.ask(2, 4);
    const row = (await reconstructing.ledger.find('orders', 2))?.value;
    expect(row).toMatchObject({ inTimeOriginals: 1, inTimeVoids: 0 });
    expect(reconstructing.inferred.map((text) => (JSON.parse(text) as { event_id: number }).event_id)).toEqual([2, 4]);
  });

  test('is nothing where all has come since: nothing is published', async () => {
    const reconstructing = new Reconstructing();
    await reconstructing.hold({ 1: 'Lead', 2: 'Lead', 3: 'Lead' });
    await reconstructing.gap({ from: 2, to: 2 });
    await reconstructing.ask(2);
    expect(reconstructing.publisher.published).toEqual([]);
    expect(await reconstructing.stateOf(2)).toBe('requested');
  });

  test('has its neighbours in the blocks next to its own, too', async () => {
    const reconstructing = new Reconstructing();
    await reconstructing.hold({ 255: 'Lead', 512: 'Lead' });
    await reconstructing.ask(256, 511);
    expect(reconstructing.inferred).toHaveLength(256);
    expect(reconstructing.inferred[0]).toContain('"event_id":256,"type":"Lead","timestamp":"2025-02-09T16:16:00"');
  });

  test('has its neighbours behind whole blocks of voids, too', async () => {
    const reconstructing = new Reconstructing();
    await reconstructing.hold({ 1: 'Lead', 2_000: 'Lead' });
    await hold(reconstructing.blocks, 'orders', cellsOf(idsFrom(2, 1_023), aVoidEntry()));
    await hold(reconstructing.blocks, 'orders', cellsOf(idsFrom(1_025, 1_999), aVoidEntry()));
    await reconstructing.ask(1_024);
    expect(reconstructing.inferred.map((text) => JSON.parse(text) as object)).toMatchObject([
      { event_id: 1_024, type: 'Lead', _eventmend: { neighbours: { previous: 1, next: 2_000 } } },
    ]);
    expect(await reconstructing.whyOf(1_024)).toBeUndefined();
  });

  test('is asked for again and again with the same answer, whose root is the same', async () => {
    const reconstructing = new Reconstructing();
    await reconstructing.hold({ 1: 'Lead', 3: 'Lead' });
    await reconstructing.ask(2);
    await reconstructing.ask(2);
    const [first, second] = reconstructing.publisher.published;
    expect(second).toEqual(first);
  });
});

test('a request to producers is ignored by reconstruct', async () => {
  const reconstructing = new Reconstructing();
  await reconstructing.hold({ 1: 'Lead', 3: 'Lead' });
  await reconstructing.ask(2, 2, 'resend');
  expect(reconstructing.publisher.published).toEqual([]);
});

test('a request is delivered again when an inferred event cannot be published', async () => {
  const reconstructing = new Reconstructing();
  await reconstructing.hold({ 1: 'Lead', 3: 'Lead' });
  await reconstructing.gap({ from: 2, to: 2 });
  reconstructing.publisher.fails = () => true;
  await expect(reconstructing.ask(2)).rejects.toThrow();
  expect(await reconstructing.stateOf(2)).toBe('requested');
});

describe('a gap that cannot be inferred', () => {
  async function lackingMoney(): Promise<Reconstructing> {
    const reconstructing = new Reconstructing();
    await reconstructing.hold({ 1: 'Lead', 2: 'Transaction', 3: 'Transaction', 6: 'Transaction' });
    await reconstructing.gap({ from: 4, to: 5 });
    return reconstructing;
  }

  test('since it is money keeps the reason in its row, and nothing is made up in its place', async () => {
    const reconstructing = await lackingMoney();
    const before = (await reconstructing.ledger.find('orders', 4))?.value;
    await reconstructing.ask(4, 5);
    expect(reconstructing.publisher.published).toEqual([]);
    expect((await reconstructing.ledger.find('orders', 4))?.value).toEqual({
      ...before,
      ...{ inTimeOriginals: 0, inTimeVoids: 0 },
      why: 'type-not-inferable',
    });
  });

  test('is written once, however often it is asked for', async () => {
    const reconstructing = await lackingMoney();
    await reconstructing.ask(4, 5);
    const found = await reconstructing.ledger.find('orders', 4);
    reconstructing.clock.advance(minuteMs);
    await reconstructing.ask(4, 5);
    expect(await reconstructing.ledger.find('orders', 4)).toEqual(found);
  });

  test('gets another reason if there is another', async () => {
    const reconstructing = await lackingMoney();
    await reconstructing.gap({ from: 8, to: 8, why: 'too-uncertain' });
    await reconstructing.hold({ 7: 'Transaction', 9: 'Transaction' });
    await reconstructing.ask(8);
    expect(await reconstructing.whyOf(8)).toBe('type-not-inferable');
  });

  test.each<[string, Partial<Gap>]>([
    ['it has been resolved meanwhile', { state: 'filled' }],
    ['its producer was asked again', { askedAgain: { count: 1, atMs: noon, deadlineMs: Infinity } }],
  ])('is left alone if %s', async (_, change) => {
    const reconstructing = await lackingMoney();
    const { value, version } = (await reconstructing.ledger.find('orders', 4))!;
    await reconstructing.ledger.save({ ...value, ...change }, version);
    await reconstructing.ask(4, 5);
    expect((await reconstructing.ledger.find('orders', 4))?.value).toEqual({ ...value, ...change });
  });

  test('is left alone if it is resolved while the reason is recorded', async () => {
    const reconstructing = await lackingMoney();
    const { ledger } = reconstructing;
    const save = ledger.save.bind(ledger);
    let filled: Gap | undefined;
    ledger.save = async (gap, version) => {
      ledger.save = save;
      const found = (await ledger.find('orders', 4))!;
      filled = { ...found.value, state: 'filled', resolvedAtMs: noon + 9 * minuteMs };
      await save(filled, found.version);
      return save(gap, version);
    };
    await reconstructing.ask(4, 5);
    expect((await ledger.find('orders', 4))?.value).toEqual(filled);
  });

  test('since it is longer than the catalog allows keeps that reason, however long it is', async () => {
    const reconstructing = new Reconstructing();
    await reconstructing.hold({ 1: 'Lead', 1_000_002: 'Lead' });
    await reconstructing.ask(2, 1_000_001);
    expect(await reconstructing.whyOf(2)).toBe('too-long');
  });

  test('does not include a long gap whose events have all come since', async () => {
    const reconstructing = new Reconstructing({ streams: { default: { maxGap: 5 } } });
    await hold(reconstructing.blocks, 'orders', cellsOf(idsFrom(1, 12)));
    await reconstructing.ask(2, 11);
    expect([await reconstructing.whyOf(2), await reconstructing.stateOf(2)]).toEqual([undefined, 'requested']);
  });

  test('in part keeps the reason, and the rest is inferred', async () => {
    const reconstructing = new Reconstructing();
    await reconstructing.hold({
      1: 'Transaction',
      2: 'Transaction',
      5: 'Transaction',
      6: 'Lead',
      7: 'Lead',
      9: 'Lead',
    });
    await reconstructing.ask(3, 8);
    expect(reconstructing.inferred.length).toBeGreaterThan(0);
    expect((await reconstructing.ledger.find('orders', 3))?.value).toMatchObject({
      state: 'requested',
      method: 'context',
      why: 'type-not-inferable',
    });
  });

  test('includes by default one of 1,001 ids, and not one of 1,000', async () => {
    const reconstructing = new Reconstructing();
    await reconstructing.hold({ 1: 'Lead', 1_002: 'Lead', 1_003: 'Lead' });
    await reconstructing.ask(2, 1_001);
    expect([reconstructing.inferred.length, await reconstructing.whyOf(2)]).toEqual([1_000, undefined]);
    await reconstructing.hold({ 3_000: 'Lead', 4_002: 'Lead' });
    await reconstructing.ask(3_001, 4_001);
    expect(await reconstructing.whyOf(3_001)).toBe('too-long');
  });

  test('since it is too uncertain keeps that reason', async () => {
    const reconstructing = new Reconstructing({});
    await reconstructing.hold({ 1: 'Lead', 2: 'Call', 4: 'Lead' });
    await reconstructing.ask(3);
    expect(reconstructing.inferred).toEqual([]);
    expect(await reconstructing.whyOf(3)).toBe('too-uncertain');
  });

  test('since nothing is known around keeps that reason', async () => {
    const reconstructing = new Reconstructing();
    await hold(reconstructing.blocks, 'orders', { 1: anEntry({ state: 'closed', type: '' }) });
    await reconstructing.ask(2);
    expect(await reconstructing.whyOf(2)).toBe('nothing-known-around');
  });

  test('in part is inferred for the other part', async () => {
    const reconstructing = new Reconstructing();
    // After a Lead comes a Transaction, after that a Call: of two missing behind a Lead, only the Call may be inferred.
    const types = Array.from({ length: 75 }, (_, i) => [1_000 + i, ['Lead', 'Transaction', 'Call'][i % 3]!]);
    await reconstructing.hold(Object.fromEntries(types) as Record<number, string>);
    await reconstructing.hold({ 900: 'Lead', 903: 'Lead' });
    await reconstructing.gap({ from: 901, to: 902 });
    await reconstructing.ask(901, 902);
    expect(reconstructing.inferred.map((text) => JSON.parse(text) as object)).toMatchObject([
      { event_id: 902, type: 'Call' },
    ]);
    expect(await reconstructing.whyOf(901)).toBe('type-not-inferable');
  });
});

describe('the ledger', () => {
  test('records how the missing events were inferred, and that they were requested', async () => {
    const reconstructing = new Reconstructing();
    await reconstructing.hold({ 1: 'Lead', 2: 'Lead', 4: 'Lead' });
    await reconstructing.ask(3);
    expect((await reconstructing.ledger.find('orders', 3))?.value).toMatchObject({
      state: 'requested',
      method: 'context',
      inferRequestedAtMs: reconstructing.clock.now(),
    });
  });

  test('is updated even if a sweep writes the row at the same time', async () => {
    const reconstructing = new Reconstructing();
    await reconstructing.hold({ 1: 'Lead', 2: 'Lead', 4: 'Lead' });
    await reconstructing.gap({ from: 3, to: 3 });
    const { ledger } = reconstructing;
    const save = ledger.save.bind(ledger);
    ledger.save = async (gap, expected) => {
      ledger.save = save;
      const found = await ledger.find('orders', 3);
      await save({ ...found!.value, inferRequestedAtMs: noon + 1 }, found!.version);
      return save(gap, expected);
    };
    await reconstructing.ask(3);
    const row = (await ledger.find('orders', 3))?.value;
    expect(row).toMatchObject({ method: 'context', inferRequestedAtMs: noon + 1 });
  });

  test('is read first: a late request for a resolved gap infers nothing', async () => {
    const reconstructing = new Reconstructing();
    await reconstructing.hold({ 1: 'Lead', 2: 'Lead', 4: 'Lead' });
    await reconstructing.gap({ from: 3, to: 3, state: 'abandoned' });
    await reconstructing.ask(3);
    expect(reconstructing.publisher.published).toEqual([]);
  });

  test('tells when a gap was found: a gap that is older than the deduplication window is not inferred', async () => {
    const reconstructing = new Reconstructing();
    await reconstructing.hold({ 1: 'Lead', 2: 'Lead', 4: 'Lead' });
    await reconstructing.gap({ from: 3, to: 3 });
    reconstructing.clock.advance(14 * dayMs);
    await reconstructing.ask(3);
    expect(reconstructing.publisher.published).toEqual([]);
    expect(await reconstructing.whyOf(3)).toBe('not inferred within the deduplication window');
  });
});

describe('after an operator has reset the numbering, a gap that was found before', () => {
  async function afterReset(reset: Reset): Promise<Reconstructing> {
    const reconstructing = new Reconstructing();
    await reconstructing.hold({ 1: 'Lead', 2: 'Lead', 4: 'Lead' });
    await reconstructing.gap({ from: 3, to: 3, foundAtMs: noon });
    const { value, version } = (await reconstructing.ledger.progress('orders'))!;
    await reconstructing.ledger.saveProgress('orders', { ...value, reset }, version);
    await reconstructing.ask(3);
    return reconstructing;
  }

  test.each([
    ['by no sweep yet', { from: 1 }],
    ['by a sweep', { from: 1, atMs: noon + 1 }],
  ])('is not inferred, if the new numbering was begun %s', async (_, reset) => {
    const reconstructing = await afterReset(reset);
    expect(reconstructing.inferred).toEqual([]);
    expect(await reconstructing.whyOf(3)).toBe('the operator reset the numbering');
  });

  test('is inferred if it was found in the new numbering', async () => {
    expect((await afterReset({ from: 1, atMs: noon })).inferred).toHaveLength(1);
  });
});
