import { randomUUID } from 'node:crypto';
import type { Message } from '../../shared/messages/message.ts';
import type { CleanEventStore, StoredEvent } from '../../shared/event-ports.ts';

/** A store whose content a test can read. */
export interface OpenCleanEventStore extends CleanEventStore {
  find(key: string): Promise<{ event: Message } | { supersededBy: string } | { erasedAtMs: number } | undefined>;
}

/** Tests the behaviour that every store of clean events must have. */
export function describeCleanEventStore(name: string, makeStore: () => Promise<OpenCleanEventStore>): void {
  describe(`${name} keeps clean events`, () => {
    let store: OpenCleanEventStore;
    let key: string;
    beforeAll(async () => {
      store = await makeStore();
    });
    beforeEach(() => {
      key = `default/${randomUUID()}`;
    });

    /** Reads the whole store, and returns the events of a stream. */
    const allOf = async (stream: string, after?: string): Promise<readonly StoredEvent[]> => {
      const found: StoredEvent[] = [];
      for await (const one of store.all(after)) if (one.event?.attributes.stream === stream) found.push(one);
      return found;
    };

    const held = async (): Promise<unknown> => {
      const kept = await store.find(key);
      return kept && ('event' in kept ? [String(kept.event.data), kept.event.attributes] : kept);
    };

    it('keeps an event under its key', async () => {
      await store.put(key, anEvent('{"event_id": 1}'));
      expect(await held()).toEqual(['{"event_id": 1}', attributes]);
    });

    it('keeps the first of two copies', async () => {
      await store.put(key, anEvent('first'));
      await store.put(key, anEvent('second'));
      expect(await held()).toEqual(['first', attributes]);
    });

    it('replaces a superseded event by a tombstone that names the new event', async () => {
      await store.put(key, anEvent('{}'));
      await store.bury(key, 'default/the-other');
      expect(await held()).toEqual({ supersededBy: 'default/the-other' });
    });

    it('keeps the tombstone when the superseded event comes late or again', async () => {
      await store.bury(key, 'default/the-other');
      await store.put(key, anEvent('{}'));
      expect(await held()).toEqual({ supersededBy: 'default/the-other' });
    });

    it('accepts a second tombstone for the same event', async () => {
      await store.bury(key, 'default/the-other');
      await store.bury(key, 'default/yet-another');
      expect(await held()).toEqual({ supersededBy: 'default/yet-another' });
    });

    it('finds an event by its key, unless another one superseded it', async () => {
      await store.put(key, anEvent('{}'));
      expect((await store.event(key))?.attributes).toEqual(attributes);
      await store.bury(key, 'default/the-other');
      expect(await store.event(key)).toBeUndefined();
    });

    it('finds the standing events of an id', async () => {
      const stream = `ids-${randomUUID()}`;
      const put = (id: number, text: string) =>
        store.put(`${stream}/${text}`, anEvent(text, { stream, event_id: `${id}` }));
      await Promise.all([put(1, 'first'), put(1, 'revision'), put(11, 'other'), put(1, 'superseded')]);
      await store.bury(`${stream}/superseded`, `${stream}/first`);
      const found = await store.ofId(stream, 1, 10);
      expect(found.map(({ data }) => String(data)).toSorted()).toEqual(['first', 'revision']);
      expect(await store.ofId(stream, 1, 1)).toHaveLength(1);
    });

    it('reads the standing events of a type in a window, in the order of their times', async () => {
      const stream = `window-${randomUUID()}`;
      const put = (second: number, type = 'Paid') => {
        const event_time = new Date(second * 1_000).toISOString();
        return store.put(`${stream}/${second}/${type}`, anEvent(`${second}`, { stream, type, event_time }));
      };
      // More than a page of Firestore.
      await Promise.all([...Array.from({ length: 60 }, (_, i) => put(100 + i)), put(99), put(160), put(120, 'Paid2')]);
      await store.bury(`${stream}/130/Paid`, `${stream}/131/Paid`);
      const found: number[] = [];
      for await (const { data } of store.within({ stream, type: 'Paid', startMs: 100_000, endMs: 160_000 }))
        found.push(Number(String(data)));
      expect(found).toEqual(Array.from({ length: 60 }, (_, i) => 100 + i).filter((second) => second !== 130));
    });

    it('reads all that is stored, each event once, also from a position on', async () => {
      const stream = `all-${randomUUID()}`;
      const texts = Array.from({ length: 60 }, (_, i) => `${i}`);
      await Promise.all([...texts, 'buried'].map((text) => store.put(`${stream}/${text}`, anEvent(text, { stream }))));
      await store.bury(`${stream}/buried`, `${stream}/1`);
      const found = await allOf(stream);
      expect(found.map(({ event }) => String(event?.data)).toSorted()).toEqual(texts.toSorted());
      expect(await allOf(stream, found[9]!.position)).toEqual(found.slice(10));
    });

    it.each([10, 3_000_000])('erases an event of %d bytes, and does not store it again', async (bytes) => {
      const stream = `erased-${randomUUID()}`;
      const event = anEvent('x'.repeat(bytes), { stream, event_id: '7', event_time: '2026-01-01T00:00:00.000Z' });
      const window = { stream, type: 'LeadCreated', startMs: 0, endMs: 2_000_000_000_000 };
      await store.put(`${stream}/7`, event);
      const [found] = await allOf(stream);
      await store.erase(found!.position, 5);
      await store.put(`${stream}/7`, event);
      expect(await store.find(`${stream}/7`)).toEqual({ erasedAtMs: 5 });
      expect([await store.event(`${stream}/7`), await store.ofId(stream, 7, 10), await allOf(stream)]).toEqual([
        undefined,
        [],
        [],
      ]);
      for await (const one of store.within(window)) throw new Error(String(one.data));
    });

    it('erases no tombstone', async () => {
      const stream = `buried-${randomUUID()}`;
      await store.put(`${stream}/7`, anEvent('{}', { stream }));
      const [found] = await allOf(stream);
      await store.bury(`${stream}/7`, 'default/the-other');
      await store.erase(found!.position, 5);
      expect(await store.find(`${stream}/7`)).toEqual({ supersededBy: 'default/the-other' });
    });

    it('keeps an event of 9 MB, and replaces it by a tombstone', async () => {
      const text = 'x'.repeat(9_000_000);
      await store.put(key, anEvent(text));
      const kept = (await store.find(key)) as { event: Message };
      expect(Buffer.from(text).equals(kept.event.data)).toBe(true);
      await store.bury(key, 'default/the-other');
      expect(await held()).toEqual({ supersededBy: 'default/the-other' });
    });
  });
}

const attributes = { stream: 'default', type: 'LeadCreated', event_id: '1', origin: 'producer' };

function anEvent(text: string, over: Message['attributes'] = {}): Message {
  return { data: Buffer.from(text), attributes: { ...attributes, ...over } };
}
