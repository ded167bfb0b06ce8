import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import { digest } from '../../shared/digest.ts';
import { anEntry, anEvent } from '../support/builders.ts';
import { discardedStanding } from '../support/letters.ts';
import { aLetter, ConsoleUnderTest } from './builders.ts';

const ana = 'ana@example.com';
const byField = { field: { place: '/data/email', value: ana } };
const ofAna = JSON.stringify({ event_id: 7, data: { email: ana } });
const ofBea = JSON.stringify({ event_id: 8, data: { email: 'bea@example.com' } });
const replay = { version: 'original', replace: false, content: 'x' } as const;

interface Answer {
  readonly found: readonly { readonly kind: string; readonly id: string; readonly result: string }[];
  readonly next?: string;
  readonly condition?: string;
}

/** A console with letters and stored events of two people. */
async function aFilledConsole(): Promise<ConsoleUnderTest> {
  const under = new ConsoleUnderTest({ personal: ['/data/email'] });
  await under.file(
    aLetter({ id: 'of-ana', root: 'events/1', data: ofAna }),
    aLetter({ id: 'of-bea', root: 'events/2', data: ofBea }),
    aLetter({ id: 'edited', root: 'events/3', data: ofBea, draft: { data: Buffer.from(ofAna), attributes: {} } }),
    aLetter({ id: 'too-large', root: 'events/4', data: '', kept: [0], attributes: { 'eventmend-body': 'kept' } }),
    aLetter({ id: 'settled', root: 'events/5', data: ofAna, stream: 'visits', standing: discardedStanding }),
    aLetter({ id: 'unreadable', root: 'events/6', data: 'no JSON' }),
  );
  await under.letters.keep('events/4', 0, { data: Buffer.from(ofAna), attributes: {} });
  for (const [id, data] of [
    ['7', ofAna],
    ['8', ofBea],
  ] as const)
    await under.stores.events.put(`orders/${id}`, {
      data: Buffer.from(data),
      attributes: { stream: 'orders', event_id: id },
    });
  return under;
}

async function erase(under: ConsoleUnderTest, body: object) {
  const { status, json } = await under.change('POST', '/api/erase', undefined, body);
  return { status, ...(json as Answer) };
}

const resultsOf = ({ found }: Answer) => Object.fromEntries(found.map(({ id, result }) => [id, result]));
const record = async (under: ConsoleUnderTest, id: string): Promise<DeadLetter> =>
  (await under.letters.find(id))!.value;

/** All that is stored of letters and events, as one text. */
async function storedIn(under: ConsoleUnderTest): Promise<string> {
  const texts: unknown[] = [];
  for (const one of await under.letters.all()) {
    const kept = await under.letters.kept(one.root, 0);
    texts.push({ ...one, message: one.message.attributes, draft: one.draft?.attributes });
    texts.push(...[one.message, one.draft, kept].map((message) => message && Buffer.from(message.data).toString()));
  }
  for await (const { event } of under.stores.events.all())
    texts.push(event && [event.attributes, Buffer.from(event.data).toString()]);
  return JSON.stringify(texts);
}

async function trailOf(under: ConsoleUnderTest) {
  return ((await under.stores.auditTrail.since('0', 100)) ?? []).map(({ entry }) => entry);
}

const allOfAna = { 'of-ana': '', edited: '', 'too-large': '', settled: '', 'orders/7': '' };
const each = (result: string) => ({
  ...Object.fromEntries(Object.keys(allOfAna).map((id) => [id, result])),
  unreadable: 'unreadable',
});

describe('/api/erase', () => {
  test('says in a dry run what would be erased, and changes nothing', async () => {
    const under = await aFilledConsole();
    const before = await storedIn(under);
    const answer = await erase(under, { ...byField, dryRun: true });
    expect(resultsOf(answer)).toEqual(each('found'));
    expect(await storedIn(under)).toBe(before);
    expect(await trailOf(under)).toMatchObject([{ by: 'ana', did: 'looked for personal data' }]);
  });

  test('erases it everywhere, keeps what is about others, and names the value nowhere', async () => {
    const under = await aFilledConsole();
    expect(resultsOf(await erase(under, { ...byField, note: 'request 12' }))).toEqual(each('erased'));
    const left = await storedIn(under);
    expect(left + JSON.stringify(await trailOf(under))).not.toContain(ana);
    expect(left).toContain('bea@example.com');
    expect(await record(under, 'of-ana')).toMatchObject({ standing: { state: 'discarded', note: 'request 12' } });
    expect(await under.getJson('/api/dead-letters/of-ana')).toMatchObject({
      bytes: 0,
      erasedAt: '2025-02-09T12:01:00.000Z',
    });
    expect((await under.get('/dead-letters/of-ana')).body).toContain('erased');
    expect(await under.getJson('/api/dead-letters/of-ana/body')).toMatchObject({
      data: '',
      attributes: {},
      masked: [],
    });
    const trail = (await trailOf(under)).map(({ did }) => did).filter((did) => did !== 'viewed the original');
    expect(trail).toEqual(['looked for personal data', ...Array<string>(4).fill('erased'), 'erased personal data']);
  });

  test('finds nothing to erase when it is called again', async () => {
    const under = await aFilledConsole();
    await erase(under, byField);
    expect(resultsOf(await erase(under, byField))).toEqual({ unreadable: 'unreadable' });
  });

  test('erases only what is of a stream, if one is given', async () => {
    const under = await aFilledConsole();
    expect(resultsOf(await erase(under, { ...byField, stream: 'visits' }))).toEqual({ settled: 'erased' });
  });

  test('leaves a letter whose replay is under way, and one whose event may still be published', async () => {
    const under = new ConsoleUnderTest();
    const data = JSON.stringify(anEvent({ event_id: 7, data: { email: ana } }));
    const sending = { state: 'sending', replay, dueAtMs: 1 } as const;
    await under.file(
      aLetter({ id: 'sending', root: 'events/1', data: ofAna, standing: sending }),
      aLetter({ id: 'claimed', root: 'events/2', data, attributes: { stream: 'orders', 'eventmend-id': '7' } }),
    );
    await under.hold('orders', [7], [anEntry({ root: digest('events/2'), state: 'suspect', published: false })]);
    expect(resultsOf(await erase(under, byField))).toEqual({ sending: 'waits', claimed: 'waits' });
    for (const id of ['sending', 'claimed']) expect((await record(under, id)).erasedAtMs).toBeUndefined();
  });

  test('goes on behind a position, and ends', async () => {
    const under = new ConsoleUnderTest();
    for (let i = 0; i < 120; i++) await under.file(aLetter({ id: `letter-${i}`, root: `events/${i}`, data: ofAna }));
    const { letters } = under;
    const find = letters.find.bind(letters);
    // Each letter takes a second, so that a call does not come to the end.
    letters.find = async (id) => {
      under.clock.advance(500);
      return find(id);
    };
    const ids: string[] = [];
    let [cursor, calls] = [undefined as string | undefined, 0];
    do {
      const answer = await erase(under, { ...byField, cursor });
      ids.push(...answer.found.map(({ id }) => id));
      cursor = answer.next;
      calls++;
    } while (cursor !== undefined);
    expect(new Set(ids).size).toBe(120);
    expect([ids.length, calls > 1]).toEqual([120, true]);
  });

  test('gives the condition for BigQuery', async () => {
    const { condition } = await erase(new ConsoleUnderTest(), byField);
    expect(condition).toBe(`JSON_VALUE(data, '$.data.email') = '${ana}'`);
  });

  test.each([
    [{}, 'Give one of entity, field and pattern.'],
    [{ ...byField, pattern: 'ana' }, 'Give one of entity, field and pattern.'],
    [{ pattern: 'ana*|' }, 'pattern: it matches every message.'],
    [{ pattern: '(' }, 'pattern: Invalid regular expression'],
    [{ field: { place: 'email', value: ana } }, 'The body is wrong. field.place: a JSON Pointer'],
    [{ ...byField, cursor: 'x' }, 'The body is wrong. cursor: the "next" of an answer'],
  ])('answers 400 for %j', async (body, message) => {
    const { status, ...json } = await erase(new ConsoleUnderTest(), body);
    expect([status, json]).toMatchObject([400, { error: { message: expect.stringContaining(message) as string } }]);
  });

  test('refuses a pattern that takes too long', async () => {
    const under = new ConsoleUnderTest();
    await under.file(aLetter({ id: 'x', data: `${'a'.repeat(60)}!` }));
    expect(await erase(under, { pattern: '(a+)+$' })).toMatchObject({ status: 422, error: { code: 'slow-pattern' } });
  });

  test('is for operators', async () => {
    const under = new ConsoleUnderTest();
    under.caller = { name: 'bea', role: 'viewer' };
    expect((await erase(under, byField)).status).toBe(403);
  });
});
