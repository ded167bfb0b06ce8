import { makeCatalog } from '../../shared/catalog-definition.ts';
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import { digest } from '../../shared/digest.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { unreliable, type Fault } from '../../shared/embedded/faults.ts';
import { makeEmbeddedStores } from '../../shared/embedded/ports.ts';
import { startProgress } from '../../shared/gaps/progress.ts';
import type { Attributes } from '../../shared/messages/message.ts';
import { LetterOperations, type OperationCaller } from '../../shared/operator/letter-operations.ts';
import type { Entry } from '../../shared/tracking/entry.ts';
import {
  aBlockWith,
  aDelivery,
  anEntry,
  anEvent,
  atOnce,
  dayMs,
  noon,
  RecordingPublisher,
  textOf,
} from '../support/builders.ts';
import { filedWith } from '../support/letters.ts';
import { portsInMemory } from '../support/ports.ts';

const failed: Attributes = {
  stream: 'orders',
  'eventmend-code': 'ERR_INVALID_EVENT',
  'eventmend-stage': 'validate',
  'eventmend-root': 'events/17',
  'eventmend-failed-at': '2025-02-09T11:59:00.000Z',
  'eventmend-id': '7',
  'eventmend-key': 'events/17',
  'eventmend-hash': 'AAECAwQFBgcICQoL',
};
const broken = anEvent({ event_id: 7, type: undefined });
const sound = anEvent({ event_id: 7 });
const mend = { patch: '[{"op":"add","path":"/type","value":"LeadCreated"}]' };
const key7 = digest('7/1739102400000');

/** Operations on one open letter of event 7. */
async function anOperator(
  given: {
    readonly content?: object | string;
    readonly attributes?: Attributes;
    readonly entry?: Partial<Entry>;
    readonly nowMs?: number;
    readonly faultOf?: (method: string) => Fault;
  } = {},
) {
  const stores = makeEmbeddedStores(atOnce);
  const letter = filedWith({ ...failed, ...given.attributes }, { content: given.content ?? broken });
  await stores.letters.save(letter, undefined);
  if (given.entry) {
    const block = aBlockWith({ 7: anEntry({ key: key7, root: digest('events/17'), ...given.entry }) });
    const expireAtMs = noon + 365 * dayMs;
    const ref = { stream: 'orders', index: 0 };
    await stores.blocks.write([{ ref, block, expected: undefined, expireAtMs, writtenAtMs: noon }]);
  }
  const publisher = new RecordingPublisher();
  const clock = new VirtualClock(given.nowMs ?? noon);
  const unsafe = unreliable('publisher', publisher, given.faultOf ?? (() => 'none'));
  const ports = portsInMemory({ ...stores, publisher: unsafe, clock, catalog: makeCatalog({}) });
  const record = async (): Promise<DeadLetter> => (await stores.letters.find(letter.id))!.value;
  const ana = async (requestKey?: string): Promise<OperationCaller> => ({
    by: 'ana',
    revision: (await record()).revision,
    requestKey,
  });
  return { operations: new LetterOperations(ports), id: letter.id, publisher, record, ana, stores };
}

/** The hash of the sound event 7, as validate computes it. */
async function hashOfSound(): Promise<string> {
  const { operations, id } = await anOperator();
  const checked = await operations.check(id, mend);
  return checked.refusal ? '' : checked.check.routing!.hash;
}

test('a check says what would become of an edit, and stores nothing', async () => {
  const { operations, id, record, publisher } = await anOperator();
  const before = await record();
  expect(await operations.check(id, mend)).toMatchObject({
    check: {
      failure: undefined,
      eventCount: 1,
      becomes: [{ stream: 'orders', type: 'LeadCreated', id: 7, idempotencyKey: 'orders/7/1739102400000' }],
    },
  });
  expect(await operations.check(id)).toMatchObject({
    check: { failure: { code: 'ERR_INVALID_EVENT', detail: expect.stringContaining('type') as string } },
  });
  expect(await record()).toEqual(before);
  expect(publisher.published).toEqual([]);
});

test('a draft keeps the bytes that the patch does not name, and the original stays', async () => {
  const content = '{"event_id":7.0,"timestamp":"2025-02-09T12:00:00","valid":true,"data":{"n":1.10}}';
  const { operations, id, record, ana } = await anOperator({ content });
  await operations.saveDraft(id, { ...mend, attributes: { set: { trace: 'b' }, drop: ['stream'] } }, await ana());
  const { draft, message, history, revision } = await record();
  expect(textOf(draft!)).toBe(`${content.slice(0, -1)},"type":"LeadCreated"}`);
  expect(draft!.attributes).toEqual({ trace: 'b' });
  expect(textOf(message)).toBe(content);
  expect(history.at(-1)).toMatchObject({ by: 'ana', did: 'edited' });
  expect(revision).toBe(2);
});

test('a draft may be invalid, and its check says so', async () => {
  const { operations, id, record, ana } = await anOperator();
  const saved = await operations.saveDraft(id, { body: Buffer.from('{"event_id":7}') }, await ana());
  expect(saved).toMatchObject({ check: { failure: { code: 'ERR_INVALID_EVENT' } } });
  expect((await record()).draft).toBeDefined();
  await operations.dropDraft(id, await ana());
  expect((await record()).draft).toBeUndefined();
});

test('a replay is decided, published under its number, and then sent', async () => {
  const { operations, id, record, ana, publisher } = await anOperator();
  await operations.saveDraft(id, mend, await ana());
  const replayed = await operations.replay(id, { replace: true }, await ana());
  expect(replayed).toMatchObject({ record: { replay: 1, standing: { state: 'sent' } } });
  expect((await record()).history.map(({ did, by, note }) => [did, by, note]).slice(-2)).toEqual([
    ['decided to replay', 'ana', 'replace'],
    ['sent', 'ana', undefined],
  ]);
  const [sent] = publisher.published;
  expect(sent).toMatchObject({
    topic: 'mended-events',
    attributes: {
      origin: 'replayed',
      'eventmend-root': 'events/17',
      'eventmend-replay': '1',
      'eventmend-replace': 'true',
      'eventmend-left': 'id 7 orders events/17',
    },
  });
  expect(sent!.attributes).not.toHaveProperty('eventmend-key');
});

test('a replay whose publish fails stays decided, so that the tick publishes it', async () => {
  const { operations, id, record, ana } = await anOperator({ content: sound, faultOf: () => 'fails' });
  expect(await operations.replay(id, {}, await ana())).toMatchObject({ record: { standing: { state: 'sending' } } });
  expect((await record()).standing.state).toBe('sending');
});

test('an operation needs the revision that the operator saw, and an open letter', async () => {
  const { operations, id, ana, record, publisher } = await anOperator({ content: sound });
  const old = await ana();
  await operations.saveDraft(id, { body: Buffer.from(JSON.stringify(sound)) }, old);
  for (const refused of [
    await operations.saveDraft(id, mend, old),
    await operations.replay(id, {}, old),
    await operations.discard(id, 'no', old),
    await operations.dropDraft(id, old),
  ])
    expect(refused).toMatchObject({ refusal: { code: 'changed', status: 412, head: { revision: 2 } } });
  await operations.replay(id, {}, await ana());
  expect(await operations.replay(id, {}, await ana())).toMatchObject({ refusal: { code: 'under-way', status: 409 } });
  expect(await operations.discard(id, 'no', await ana())).toMatchObject({ refusal: { code: 'under-way' } });
  expect(publisher.published).toHaveLength(1);
  expect((await record()).replay).toBe(1);
});

test('a letter is discarded with a note, and reopened', async () => {
  const { operations, id, ana, record } = await anOperator();
  expect(await operations.discard(id, 'a test order', await ana())).toMatchObject({
    record: { standing: { state: 'discarded', note: 'a test order' } },
  });
  expect(await operations.replay(id, {}, await ana())).toMatchObject({ refusal: { code: 'not-open' } });
  await operations.reopen(id, 'it was real', await ana());
  expect((await record()).standing.state).toBe('open');
  expect(await operations.reopen(id, '', await ana())).toMatchObject({ refusal: { code: 'already-open' } });
});

test('a repeated request with the same key changes nothing more', async () => {
  const { operations, id, ana, publisher } = await anOperator({ content: sound });
  const caller = await ana('request 1');
  await operations.replay(id, {}, caller);
  expect(await operations.replay(id, {}, caller)).toMatchObject({ record: { replay: 1, standing: { state: 'sent' } } });
  expect(publisher.published).toHaveLength(1);
});

test.each([
  ['published', 'events/17', true, 'published'],
  ['held by another message', 'events/99', false, 'already there'],
])('an event that is %s is not sent: the letter is done', async (_, root, published, outcome) => {
  const entry = { hash: await hashOfSound(), root: digest(root), published };
  for (const act of ['replay', 'discard'] as const) {
    const { operations, id, ana, record, publisher } = await anOperator({ content: sound, entry });
    const caller = await ana();
    const result = act === 'replay' ? operations.replay(id, {}, caller) : operations.discard(id, 'a test', caller);
    const standing = { state: 'done', outcome };
    const told =
      act === 'replay' ? { refusal: { code: 'already-there', head: { standing } } } : { record: { standing } };
    expect(await result).toMatchObject(told);
    expect((await record()).standing).toMatchObject(standing);
    expect((await record()).history.at(-1)).toMatchObject({ note: act === 'replay' ? outcome : `${outcome}: a test` });
    expect(publisher.published).toEqual([]);
  }
});

test.each(['clean', 'suspect'] as const)(
  'an event that is %s and may still be published is not discarded',
  async (state) => {
    const entry = { hash: await hashOfSound(), published: false, state };
    const { operations, id, ana, record } = await anOperator({ content: sound, entry });
    expect(await operations.discard(id, '', await ana())).toMatchObject({
      refusal: { code: 'under-way', next: expect.stringContaining('Replay the letter') as string },
    });
    expect((await record()).standing.state).toBe('open');
  },
);

test('what validate would refuse is not sent', async () => {
  const { operations, id, ana, publisher } = await anOperator();
  expect(await operations.replay(id, {}, await ana())).toMatchObject({
    refusal: { code: 'invalid', status: 422, failure: { code: 'ERR_INVALID_EVENT' } },
  });
  expect(publisher.published).toEqual([]);
});

test('a gap, a duplicate and a letter of an unknown source are not sent', async () => {
  const gap = await anOperator({ attributes: { 'eventmend-root': 'gap/orders/7' } });
  expect(await gap.operations.replay(gap.id, {}, await gap.ana())).toMatchObject({ refusal: { code: 'not-an-event' } });
  const copy = await anOperator({ content: sound, attributes: { 'eventmend-code': 'ERR_DUPLICATE' } });
  expect(await copy.operations.replay(copy.id, {}, await copy.ana())).toMatchObject({
    refusal: { code: 'is-duplicate' },
  });
  const lost = await anOperator({ content: sound, attributes: { 'eventmend-source': 'old-crm' } });
  expect(await lost.operations.replay(lost.id, {}, await lost.ana())).toMatchObject({
    refusal: { code: 'source-unknown' },
  });
});

test('a message that was kept because it is too large is edited from its whole body', async () => {
  const attributes = { 'eventmend-body': 'kept', 'eventmend-code': 'ERR_TOO_LARGE' };
  const { operations, id, ana, record, stores } = await anOperator({ content: '', attributes });
  await stores.letters.keep('events/17', 0, aDelivery({ content: broken }));
  expect(await operations.replay(id, {}, await ana())).toMatchObject({ refusal: { code: 'too-large' } });
  await operations.saveDraft(id, mend, await ana());
  expect(JSON.parse(textOf((await record()).draft!))).toMatchObject({ event_id: 7, type: 'LeadCreated' });
});

test('an edit that cannot be applied is refused with the reason, and so is an attribute of Eventmend', async () => {
  const { operations, id, ana } = await anOperator();
  expect(await operations.saveDraft(id, { patch: '[{"op":"remove","path":"/x"}]' }, await ana())).toMatchObject({
    refusal: { code: 'patch-failed', status: 422, message: expect.stringContaining('/x') as string },
  });
  const edit = { attributes: { set: { origin: 'verified' } } };
  expect(await operations.check(id, edit)).toMatchObject({ refusal: { code: 'patch-failed' } });
});

test('an event that may be forgotten is replayed only if the operator says so', async () => {
  const { operations, id, ana, stores, publisher } = await anOperator({ content: sound, nowMs: noon + 30 * dayMs });
  await stores.ledger.saveProgress('orders', { ...startProgress('orders'), sweptAtMs: noon }, undefined);
  expect(await operations.replay(id, {}, await ana())).toMatchObject({ refusal: { code: 'forgotten' } });
  expect(await operations.replay(id, { forgotten: true }, await ana())).toMatchObject({ record: { replay: 1 } });
  expect(publisher.published).toHaveLength(1);
});

test('an event that is accepted and was never published is settled by a replay', async () => {
  const entry = { hash: await hashOfSound(), published: false, state: 'clean' } as const;
  const { operations, id, ana } = await anOperator({ content: sound, entry });
  expect(await operations.replay(id, {}, await ana())).toMatchObject({ record: { standing: { state: 'sent' } } });
});

test('a repeated discard or replay of an event that the store holds answers as the first did', async () => {
  const entry = { hash: await hashOfSound(), published: true };
  for (const act of ['replay', 'discard'] as const) {
    const { operations, id, ana } = await anOperator({ content: sound, entry });
    const caller = await ana('request 1');
    const make = () => (act === 'replay' ? operations.replay(id, {}, caller) : operations.discard(id, 'x', caller));
    const first = await make();
    expect(await make()).toEqual(act === 'replay' ? first : { ...first, madeBeforeIn: 2 });
  }
});

test('a repeated request has the revision after the first one, so that later changes are not acted on', async () => {
  const { operations, id, ana } = await anOperator();
  const request = await ana('request 1');
  await operations.saveDraft(id, mend, request);
  await operations.saveDraft(id, { body: Buffer.from(JSON.stringify(sound)) }, { ...(await ana()), by: 'ben' });
  const repeated = await operations.saveDraft(id, mend, request);
  expect(repeated).toMatchObject({ madeBeforeIn: 2, record: { revision: 3 } });
  const caller = { ...request, revision: repeated.refusal ? 0 : repeated.madeBeforeIn! };
  expect(await operations.replay(id, {}, caller)).toMatchObject({ refusal: { code: 'changed' } });
});
