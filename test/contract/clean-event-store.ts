import { randomUUID } from 'node:crypto';
import type { Message } from '../../shared/messages/message.ts';
import type { CleanEventStore } from '../../shared/ports.ts';

/** A store whose content a test can read. */
export interface OpenCleanEventStore extends CleanEventStore {
  find(key: string): Promise<{ event: Message } | { supersededBy: string } | undefined>;
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

function anEvent(text: string): Message {
  return { data: Buffer.from(text), attributes };
}
