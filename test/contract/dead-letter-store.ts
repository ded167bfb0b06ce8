import { randomUUID } from 'node:crypto';
import { letterId } from '../../shared/dead-letter/arrived-letter.ts';
import type { DeadLetter, DeadLetterHead, Standing } from '../../shared/dead-letter/dead-letter.ts';
import type { Message } from '../../shared/messages/message.ts';
import type { DeadLetterStore } from '../../shared/ports.ts';
import { openStanding } from '../support/letters.ts';

const tenMegabytes = 10 * 1024 * 1024;
/** A size that the stores split into several pieces. */
const threeMegabytes = 3 * 1024 * 1024;

/** Tests the behaviour that every dead-letter store must have. */
export function describeDeadLetterStore(name: string, makeStore: () => Promise<DeadLetterStore>): void {
  describe(`${name} keeps dead letters`, () => {
    let store: DeadLetterStore;
    beforeAll(async () => {
      store = await makeStore();
    });

    const find = async ({ id }: DeadLetter) => {
      const found = await store.find(id);
      if (!found) throw new Error('the letter is not there');
      return comparable(found.value);
    };
    const save = async (record: DeadLetter): Promise<boolean> =>
      store.save(record, (await store.find(record.id))?.version);

    it('finds no letter that was never filed', async () => {
      expect(await store.find(letterId('events/never'))).toBeUndefined();
    });

    it('reads back the letter that was filed', async () => {
      const letter = aLetter();
      expect(await store.save(letter, undefined)).toBe(true);
      expect(await find(letter)).toEqual(letter);
    });

    it('reads back a letter without stream and id, even after one with both', async () => {
      const unknown = { ...aLetter(), stream: undefined, eventId: undefined };
      await store.save({ ...unknown, stream: 'default', eventId: 7 }, undefined);
      expect(await save(unknown)).toBe(true);
      expect(await find(unknown)).toEqual(unknown);
    });

    it('finds the letters about one id of a stream, newest first', async () => {
      const stream = `stream-${randomUUID()}`;
      const about = (eventId: number | undefined, failedAtMs: number) => ({
        ...aLetter(),
        stream,
        eventId,
        failedAtMs,
      });
      const [older, newer] = [about(7, 1), about(7, 2)];
      for (const letter of [older, newer, about(8, 3), about(undefined, 4), { ...aLetter(), eventId: 7 }])
        await store.save(letter, undefined);
      const ids = async (limit: number) => (await store.about(stream, 7, limit)).map(({ id }) => id);
      expect(await ids(10)).toEqual([newer.id, older.id]);
      expect(await ids(1)).toHaveLength(1);
      expect(await store.about(`${stream}-other`, 7, 10)).toEqual([]);
    });

    it('finds the letters about one uuid of a stream without numbers', async () => {
      const stream = `stream-${randomUUID()}`;
      const about = (uuid: string) => ({ ...aLetter(), stream, eventId: undefined, uuid });
      const [wanted, other] = [about('u-1'), about('u-2')];
      for (const letter of [wanted, other]) await store.save(letter, undefined);
      expect((await store.about(stream, 'u-1', 10)).map(({ id, uuid }) => [id, uuid])).toEqual([[wanted.id, 'u-1']]);
    });

    it('reads back bytes that are not text, and attributes with unusual names', async () => {
      const odd = '{"__proto__":"odd","a.b":"dots","":"none","`x`/[0]":"path","constructor":"c"}';
      const attributes = JSON.parse(odd) as Record<string, string>;
      const letter = aLetter({ data: Buffer.from([0, 255, 128, 10]), attributes });
      await store.save(letter, undefined);
      const found = await find(letter);
      expect(found).toEqual(letter);
      expect(Object.keys(found.message.attributes)).toContain('__proto__');
    });

    it('reads back a letter of 10 MB', async () => {
      const letter = aLetter({ data: someBytes(tenMegabytes), attributes: { stream: 'default' } });
      expect(await store.save(letter, undefined)).toBe(true);
      expect(letter.message.data.equals((await find(letter)).message.data)).toBe(true);
    });

    it('accepts one of two saves that both expect no letter', async () => {
      const letter = aLetter();
      const other = { ...letter, messageIds: ['other'] };
      const saved = await Promise.all([store.save(letter, undefined), store.save(other, undefined)]);
      expect(saved.toSorted()).toEqual([false, true]);
      expect(await find(letter)).toEqual(saved[0] ? letter : other);
    });

    it('refuses to save a letter that another save changed since it was read', async () => {
      const letter = aLetter();
      await store.save(letter, undefined);
      const seen = await store.find(letter.id);
      await store.save(changed(letter, { state: 'discarded', note: 'first', expireAtMs }), seen?.version);
      const second = changed(letter, { state: 'discarded', note: 'second', expireAtMs });
      expect(await store.save(second, seen?.version)).toBe(false);
      expect((await find(letter)).standing).toMatchObject({ note: 'first' });
    });

    it.each(standings)('reads back a record that is $state', async (standing) => {
      const letter = aLetter();
      await store.save(letter, undefined);
      const record = changed(letter, standing);
      await save(record);
      expect(await find(record)).toEqual(record);
    });

    it('keeps the original of a large letter, whatever happens to its draft', async () => {
      const letter = aLetter({ data: someBytes(threeMegabytes), attributes: { 'a.b': 'dots' } });
      await store.save(letter, undefined);
      let record: DeadLetter = letter;
      for (const bytes of [3, tenMegabytes, 3, undefined, threeMegabytes]) {
        const draft =
          bytes === undefined ? undefined : { data: someBytes(bytes), attributes: { bytes: String(bytes) } };
        record = { ...changed(record, openStanding), draft };
        expect(await save(record)).toBe(true);
        const found = await find(letter);
        expect(letter.message.data.equals(found.message.data)).toBe(true);
        expect(found.draft?.attributes).toEqual(draft?.attributes);
        expect(Buffer.from(found.draft?.data ?? '').equals(draft?.data ?? Buffer.from(''))).toBe(true);
      }
    });

    it('keeps a large draft when a save with a stale version is refused', async () => {
      const letter = { ...aLetter(), draft: { data: someBytes(threeMegabytes), attributes: {} } };
      await store.save(letter, undefined);
      const other = { ...letter, draft: { data: someBytes(tenMegabytes), attributes: {} } };
      expect(await store.save(other, undefined)).toBe(false);
      expect(await store.save({ ...letter, draft: undefined }, undefined)).toBe(false);
      expect(letter.draft.data.equals((await find(letter)).draft!.data)).toBe(true);
    });

    it('never reads parts of two different drafts', async () => {
      const letter = aLetter();
      const filledWith = (byte: number): DeadLetter => ({
        ...changed(letter, openStanding),
        draft: { data: Buffer.alloc(threeMegabytes, byte), attributes: {} },
        messageIds: [String(byte)],
      });
      await store.save(filledWith(1), undefined);
      let isWriting = true;
      const write = async (): Promise<void> => {
        for (let byte = 2; byte <= 6; byte++) expect(await save(filledWith(byte))).toBe(true);
        isWriting = false;
      };
      const readAlong = async (): Promise<void> => {
        while (isWriting) {
          const { draft, messageIds } = await find(letter);
          expect(Buffer.from(draft!.data).equals(Buffer.alloc(threeMegabytes, Number(messageIds[0])))).toBe(true);
        }
      };
      await Promise.all([write(), readAlong()]);
    });

    it('stores a new record with its own message in the place of one that expired', async () => {
      const letter = aLetter({ data: someBytes(threeMegabytes), attributes: {} });
      await store.save(letter, undefined);
      await save(changed(letter, { state: 'discarded', note: '', expireAtMs }));
      const next = { ...letter, firstAtMs: letter.firstAtMs + 1, message: { data: Buffer.from('{}'), attributes: {} } };
      expect(await save(next)).toBe(true);
      expect(await find(next)).toEqual(next);
    });

    it('reads a record without its messages', async () => {
      const letter = aLetter();
      await store.save(letter, undefined);
      const { id, root, revision, standing } = letter;
      const head = await store.head(id);
      expect(head).toMatchObject({ id, root, revision, standing, hasDraft: false });
      expect(head).not.toHaveProperty('message');
      expect(await store.head(letterId('events/never'))).toBeUndefined();
    });

    it('lists the records that are due, and postpones one without a change', async () => {
      const replay = { version: 'original', replace: false, content: 'x' } as const;
      const at = (dueAtMs: number): DeadLetter => ({ ...aLetter(), standing: { state: 'sending', replay, dueAtMs } });
      const [second, first, later] = [at(2_000), at(1_000), at(4_000)];
      for (const letter of [second, first, later]) await store.save(letter, undefined);
      const ids = [first, second, later].map(({ id }) => id);
      const due = async (nowMs: number) => (await store.due(nowMs, 1_000)).filter((id) => ids.includes(id));
      expect(await due(3_000)).toEqual([first.id, second.id]);
      expect(await store.due(3_000, 1)).toHaveLength(1);
      const postponed = { ...first, standing: { ...first.standing, dueAtMs: 5_000 } } as DeadLetter;
      const { version } = (await store.find(first.id))!;
      expect(await store.postpone(postponed, version)).toBe(true);
      expect(await store.postpone(postponed, version)).toBe(false);
      expect(await due(3_000)).toEqual([second.id]);
      expect(await find(first)).toEqual(postponed);
      for (const letter of [second, first, later]) await save({ ...letter, standing: openStanding, revision: 2 });
      expect(await due(9_000)).toEqual([]);
    });

    it('lists the newest letters first', async () => {
      const newest = 4_000_000_000_000 + Math.floor(performance.now());
      const letters = [1, 3, 2].map((age) => ({ ...aLetter(), failedAtMs: newest - age }));
      for (const letter of letters) await store.save(letter, undefined);
      const listed = await store.list(2);
      expect(listed.map(comparableHead)).toEqual([headOfLetter(letters[0]!), headOfLetter(letters[2]!)]);
    });

    it('lists letters with the size and the beginning of the message, without the whole message', async () => {
      const stream = `stream-${randomUUID()}`;
      const letter = {
        ...aLetter({ data: someBytes(tenMegabytes), attributes: { note: 'long' } }),
        stream,
        eventId: 7,
      };
      await store.save(letter, undefined);
      const [head] = await store.about(stream, 7, 10);
      expect(head && comparableHead(head)).toEqual(headOfLetter(letter));
      expect(head?.excerpt?.beginning).toHaveLength(480);
    });

    it('lists a letter whose message is kept apart as such, and one that was edited', async () => {
      const stream = `stream-${randomUUID()}`;
      const message = { data: Buffer.from('{}'), attributes: { 'eventmend-body': 'kept' } };
      const letter = { ...aLetter(message), stream, eventId: 7, draft: { data: someBytes(1_000), attributes: {} } };
      await store.save(letter, undefined);
      const [head] = await store.about(stream, 7, 10);
      expect(head?.hasDraft).toBe(true);
      expect(head && comparableHead(head).excerpt).toEqual({ bytes: 2, beginning: Buffer.from('{}'), isKept: true });
    });

    it('counts the open letters of each code', async () => {
      const before = await store.openByCode();
      const letters = (['ERR_STALE', 'ERR_STALE', 'ERR_CONFLICT'] as const).map((code) => ({
        ...aLetter(),
        failure: { code, stage: 'track', detail: '' } as const,
      }));
      for (const letter of letters) await store.save(letter, undefined);
      await save(changed(letters[2]!, { state: 'discarded', note: '', expireAtMs }));
      const after = await store.openByCode();
      expect((after.get('ERR_STALE') ?? 0) - (before.get('ERR_STALE') ?? 0)).toBe(2);
      expect(after.get('ERR_CONFLICT')).toBe(before.get('ERR_CONFLICT'));
    });

    it('keeps a message that is too large to publish under its root, however often it is stored', async () => {
      const root = `events/${randomUUID()}`;
      const message = { data: someBytes(tenMegabytes), attributes: attributesOfNumber(100) };
      await store.keep(root, 0, message);
      await store.keep(root, 0, message);
      const kept = (await store.kept(root, 0))!;
      expect(kept.attributes).toEqual(message.attributes);
      expect(message.data.equals(kept.data)).toBe(true);
    });

    it('keeps the newest message of a root', async () => {
      const root = `events/${randomUUID()}`;
      await store.keep(root, 0, { data: someBytes(threeMegabytes), attributes: {} });
      await store.keep(root, 0, { data: Buffer.from('{}'), attributes: { edited: 'true' } });
      const kept = await store.kept(root, 0);
      expect(kept && [String(kept.data), kept.attributes]).toEqual(['{}', { edited: 'true' }]);
    });

    it('keeps the messages of the replays of a root apart', async () => {
      const root = `events/${randomUUID()}`;
      for (const replay of [0, 1]) await store.keep(root, replay, { data: Buffer.from(`${replay}`), attributes: {} });
      const texts = [await store.kept(root, 0), await store.kept(root, 1)].map((kept) => kept && String(kept.data));
      expect([...texts, await store.kept(root, 2)]).toEqual(['0', '1', undefined]);
    });

    it('erases the messages of a record, and those that are kept for it, so that they are not kept again', async () => {
      const letter: DeadLetter = { ...aLetter({ data: someBytes(threeMegabytes), attributes: {} }), kept: [0, 1] };
      const kept = { data: someBytes(threeMegabytes), attributes: { customer: 'ana' } };
      await store.save({ ...letter, draft: kept }, undefined);
      for (const replay of [0, 1]) await store.keep(letter.root, replay, kept);
      const erased = { ...changed(letter, discarded), ...erasedContent };
      expect(await save(erased)).toBe(true);
      for (const replay of [0, 1]) {
        await store.keep(letter.root, replay, kept);
        expect(await store.kept(letter.root, replay)).toBeUndefined();
      }
      expect(await find(letter)).toEqual(erased);
      // The message of another replay comes late, before its letter is noted.
      await store.keep(letter.root, 2, kept);
      expect(await save({ ...changed(erased, discarded), kept: [0, 1, 2] })).toBe(true);
      expect(await store.kept(letter.root, 2)).toBeUndefined();
      expect((await store.head(letter.id))?.excerpt).toMatchObject({ bytes: 0, isKept: false });
    });

    it('stores the message of a letter that opens a record whose content was erased', async () => {
      const letter = aLetter();
      await store.save(letter, undefined);
      const erased = { ...changed(letter, discarded), ...erasedContent };
      await save(erased);
      const next = { ...changed(erased, openStanding), message: letter.message, erasedAtMs: undefined };
      await save(next);
      expect(await find(letter)).toEqual(next);
    });

    it('lists the ids of all records page by page, each once', async () => {
      const ids = [aLetter(), aLetter(), aLetter()].map(({ id }) => id);
      for (const id of ids) await store.save({ ...aLetter(), id }, undefined);
      const found: string[] = [];
      for (let page = await store.ids(2); page.length > 0; page = await store.ids(2, page.at(-1))) found.push(...page);
      expect(found.filter((id) => ids.includes(id))).toEqual(ids.toSorted());
    });

    it('finds no message under an unknown root', async () => {
      expect(await store.kept('events/never', 0)).toBeUndefined();
    });
  });
}

const expireAtMs = 4_000_000_000_000;
const filedAtMs = 1_739_102_400_001;
const replay = {
  version: 'draft',
  replace: true,
  content: '\u0000\u00ff',
  entry: { stream: 's', at: 7, isUnnumbered: false, key: '\u0001', hash: '\u0002' },
} as const;

const discarded: Standing = { state: 'discarded', note: '', expireAtMs };
const erasedContent = { message: { data: Buffer.from(''), attributes: {} }, draft: undefined, erasedAtMs: 5 };

const standings: readonly Standing[] = [
  { state: 'open', because: 'failed', lastReplay: replay },
  { state: 'sending', replay, dueAtMs: 5 },
  { state: 'sent', replay: { ...replay, entry: undefined }, sentAtMs: 4, dueAtMs: 5 },
  { state: 'done', outcome: 'already there', expireAtMs },
  { state: 'discarded', note: 'not ours', expireAtMs },
];

function aLetter(
  message: { data: Buffer; attributes: Message['attributes'] } = {
    data: Buffer.from('{"event_id": 1}'),
    attributes: { stream: 'default' },
  },
) {
  const root = `events/${randomUUID()}`;
  return {
    id: letterId(root),
    root,
    standing: openStanding,
    revision: 1,
    replay: 0,
    failure: { code: 'ERR_INVALID_EVENT', stage: 'validate', detail: 'event_id: required' },
    failedReplay: 0,
    reason: 'reason',
    source: 'shop',
    stream: 'default',
    type: undefined,
    eventId: 2 ** 53 - 1,
    failedAtMs: 1_739_102_400_000,
    firstAtMs: 1_739_102_400_001,
    filedAtMs,
    messageIds: ['12', '13'],
    message,
    draft: undefined,
    known: ['\u0000\u00ff'],
    kept: [],
    history: [{ atMs: 1, by: 'archive', did: 'filed', replay: 0 }],
  } as const satisfies DeadLetter;
}

/** The record after a change. */
function changed(letter: DeadLetter, standing: Standing): DeadLetter {
  return { ...letter, standing, revision: letter.revision + 1 };
}

/** Converts bytes to Buffers, so that they can be compared. The store says when a record was opened. */
function comparable(record: DeadLetter) {
  return { ...record, filedAtMs, message: { ...record.message, data: Buffer.from(record.message.data) } };
}

/** Makes the head of a letter, as lists contain it. */
function headOfLetter(letter: DeadLetter) {
  const { data, attributes } = letter.message;
  const isKept = attributes['eventmend-body'] === 'kept';
  const excerpt = { bytes: data.length, beginning: Buffer.from(data.subarray(0, 480)), isKept };
  const bodies = ['message', 'draft', 'known', 'kept', 'history'];
  const head = Object.entries(letter).filter(([name]) => !bodies.includes(name));
  return { ...Object.fromEntries(head), hasDraft: letter.draft !== undefined, excerpt };
}

/** Converts the bytes of an excerpt to a Buffer, so that they can be compared. */
function comparableHead(head: DeadLetterHead) {
  const { excerpt } = head;
  return { ...head, filedAtMs, excerpt: excerpt && { ...excerpt, beginning: Buffer.from(excerpt.beginning) } };
}

/** Makes bytes without repetition, so that pieces in the wrong order are noticed. */
function someBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i + 4 <= length; i += 4) bytes.writeUInt32LE((i * 2_654_435_761) >>> 0, i);
  return bytes;
}

/** The most attributes that Pub/Sub allows, with the longest names and values. */
function attributesOfNumber(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [String(i).padEnd(256, 'n'), String(i).padEnd(1_024, 'v')]),
  );
}
