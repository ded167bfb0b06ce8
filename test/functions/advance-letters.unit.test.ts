import { makeSweep } from '../../functions/sweep/handler.ts';
import { makeCatalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { DeadLetter, ReplaySent, Standing } from '../../shared/dead-letter/dead-letter.ts';
import { unansweredAfterMs } from '../../shared/dead-letter/replay-outcome.ts';
import { digest } from '../../shared/digest.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { EmbeddedLog } from '../../shared/embedded/log.ts';
import { makeEmbeddedStores } from '../../shared/embedded/ports.ts';
import { askedAgain } from '../../shared/dead-letter/operator-change.ts';
import { startProgress } from '../../shared/gaps/progress.ts';
import { unrecoverableLetter } from '../../shared/gaps/unrecoverable.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import type { Entry } from '../../shared/tracking/entry.ts';
import {
  aBlockWith,
  aDelivery,
  aGap,
  anEntry,
  atOnce,
  dayMs,
  minuteMs,
  noon,
  RecordingPublisher,
} from '../support/builders.ts';
import { filedWith } from '../support/letters.ts';
import { portsInMemory } from '../support/ports.ts';

const attributes = {
  stream: 'orders',
  'eventmend-code': 'ERR_CONFLICT',
  'eventmend-root': 'events/17',
  'eventmend-id': '7',
};
const entry = { stream: 'orders', at: 7, isUnnumbered: false, key: digest('key'), hash: digest('content') };
const replay: ReplaySent = { version: 'original', replace: true, content: digest('bytes'), entry };
const sending: Standing = { state: 'sending', replay, dueAtMs: noon + minuteMs };
const sent: Standing = { state: 'sent', replay, sentAtMs: noon, dueAtMs: noon + minuteMs };

interface Given {
  readonly record?: DeadLetter;
  readonly standing?: Standing;
  readonly held?: Partial<Entry>;
  readonly gaps?: readonly Gap[];
  readonly deadLetters?: CatalogDefinition['deadLetters'];
}

/** A sweep that ticks at times after noon, with one record. */
async function aSweep({ record = filedWith(attributes), standing, held, gaps = [], deadLetters = {} }: Given) {
  const stores = makeEmbeddedStores(atOnce);
  await stores.letters.save(standing ? { ...record, replay: 1, standing } : record, undefined);
  await stores.ledger.saveProgress('orders', startProgress('orders'), undefined, gaps);
  if (held) {
    const block = aBlockWith({ 7: anEntry({ root: digest('events/17'), key: entry.key, hash: entry.hash, ...held }) });
    const ref = { stream: 'orders', index: 0 };
    await stores.blocks.write([{ ref, block, expected: undefined, expireAtMs: Infinity, writtenAtMs: noon }]);
  }
  const [publisher, clock, log] = [new RecordingPublisher(), new VirtualClock(noon), new EmbeddedLog()];
  const { handler } = makeSweep(
    portsInMemory({ ...stores, publisher, clock, log, catalog: makeCatalog({ deadLetters }) }),
  );
  return {
    publisher,
    log,
    tick: async (atMs: number) => {
      clock.advance(atMs - clock.now());
      await handler(aDelivery({ topic: 'sweeps', content: 'tick' }));
      return (await stores.letters.find(record.id))!.value;
    },
  };
}

test('a replay that was decided and not published is published after a minute, as the operator sent it', async () => {
  const { tick, publisher } = await aSweep({ standing: sending });
  expect((await tick(noon + minuteMs - 1)).standing).toEqual(sending);
  expect(publisher.on('mended-events')).toEqual([]);
  expect(await tick(noon + minuteMs)).toMatchObject({ standing: { state: 'sent' }, replay: 1, revision: 2 });
  expect(publisher.on('mended-events')).toMatchObject([
    { attributes: { origin: 'replayed', 'eventmend-replay': '1', 'eventmend-replace': 'true' } },
  ]);
});

test('a replay that would be published more than a day late is opened again', async () => {
  const { tick, publisher } = await aSweep({ standing: sending });
  const opened = await tick(noon + minuteMs + dayMs + 1);
  expect(opened.standing).toMatchObject({ state: 'open', because: 'no answer', lastReplay: replay });
  expect(publisher.on('mended-events')).toEqual([]);
});

test('a replay is done once its entry is marked as published', async () => {
  const { tick } = await aSweep({ standing: sent, held: {} });
  const done = await tick(noon + minuteMs);
  expect(done.standing).toEqual({ state: 'done', outcome: 'published', expireAtMs: noon + minuteMs + 90 * dayMs });
  expect(done.history.at(-1)).toMatchObject({ by: 'sweep', did: 'done', note: 'published' });
});

test('a replay is done if another message holds its key and content', async () => {
  const { tick } = await aSweep({ standing: sent, held: { root: digest('events/99'), published: false } });
  expect((await tick(noon + minuteMs)).standing).toMatchObject({ state: 'done', outcome: 'already there' });
});

test('an accepted replay without a mark is looked for after 1, 2, 4 … minutes, and counts when no topic can hold it', async () => {
  const { tick } = await aSweep({ standing: sent, held: { published: false } });
  const dueAt: number[] = [];
  for (const minutes of [1, 2, 3, 4]) {
    const { standing, revision } = await tick(noon + minutes * minuteMs);
    expect([standing.state, revision]).toEqual(['sent', 1]);
    if ('dueAtMs' in standing && standing.dueAtMs) dueAt.push((standing.dueAtMs - noon) / minuteMs);
  }
  expect(dueAt).toEqual([2, 4, 4, 8]);
  expect((await tick(noon + unansweredAfterMs)).standing).toMatchObject({ state: 'done', outcome: 'published' });
});

test('a replay that nothing answers is opened again', async () => {
  const { tick } = await aSweep({ standing: sent, held: { state: 'closed' } });
  expect((await tick(noon + unansweredAfterMs - 1)).standing.state).toBe('sent');
  expect((await tick(noon + unansweredAfterMs * 2)).standing).toMatchObject({ state: 'open', because: 'no answer' });
});

test('a replay without a place to look at ends unconfirmed', async () => {
  const { tick } = await aSweep({ standing: { ...sent, replay: { ...replay, entry: undefined } } });
  expect((await tick(noon + minuteMs)).standing.state).toBe('sent');
  expect((await tick(noon + unansweredAfterMs)).standing).toMatchObject({ state: 'done', outcome: 'unconfirmed' });
});

/** A letter about two gaps that were given up, with their rows. */
function aLetterOfGaps() {
  const row = aGap({ from: 5, to: 6, foundAtMs: noon, state: 'abandoned', letterFrom: 5, letterFoundAtMs: noon });
  const listed = { why: '', isDoubtful: false, missing: 2, holes: [] };
  const letter = unrecoverableLetter(
    'orders',
    [
      { ...row, ...listed },
      { ...row, from: 9, to: 9, ...listed },
    ],
    noon,
  );
  const record = filedWith(letter.attributes, { data: letter.data });
  return { record, row, last: { ...row, from: 9, to: 9 } };
}

test('a letter about gaps is done when the last of them is resolved', async () => {
  const { record, row, last } = aLetterOfGaps();
  const waiting = await aSweep({ record, gaps: [{ ...row, state: 'filled' }, last] });
  expect((await waiting.tick(noon + minuteMs)).standing).toMatchObject({ state: 'open', dueAtMs: noon + 2 * minuteMs });
  const resolved = await aSweep({
    record,
    gaps: [
      { ...row, state: 'filled' },
      { ...last, state: 'voided' },
    ],
  });
  expect((await resolved.tick(noon + minuteMs)).standing).toMatchObject({ state: 'done', outcome: 'resolved' });
});

test('a letter about gaps is looked at every few minutes after an operator had the producer asked again', async () => {
  const { record, row, last } = aLetterOfGaps();
  const askedAtMs = noon + 600 * minuteMs;
  const asked = askedAgain(record, 'orders/9', { by: 'ana', nowMs: askedAtMs })!;
  const { tick } = await aSweep({ record: asked, gaps: [row, last] });
  expect((await tick(askedAtMs + minuteMs)).standing).toMatchObject({ dueAtMs: askedAtMs + 2 * minuteMs });
  expect((await tick(askedAtMs + 2 * minuteMs)).standing).toMatchObject({ dueAtMs: askedAtMs + 4 * minuteMs });
});

test('open letters stay, unless the catalog says for how many days', async () => {
  const stays = await aSweep({});
  expect((await stays.tick(noon + 900 * dayMs)).standing.state).toBe('open');
  const goes = await aSweep({ deadLetters: { openDays: 30, retentionDays: 40 } });
  expect((await goes.tick(noon + 30 * dayMs - 1)).standing.state).toBe('open');
  const gone = await goes.tick(noon + 30 * dayMs);
  expect(gone.standing).toEqual({ state: 'discarded', note: 'expired', expireAtMs: noon + 70 * dayMs });
  expect(goes.log.counts.get('expired-letter')).toBe(1);
});
