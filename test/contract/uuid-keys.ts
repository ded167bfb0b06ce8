import { randomUUID } from 'node:crypto';
import type { UuidKeys } from '../../shared/ports.ts';

/** What must hold of the keys of streams whose uuids are unique in the whole stream. */
export function describeUuidKeys(name: string, makeKeys: () => Promise<UuidKeys>): void {
  describe(`${name} keeps uuids`, () => {
    let keys: UuidKeys;
    let stream: string;
    beforeAll(async () => {
      keys = await makeKeys();
    });
    beforeEach(() => {
      stream = `stream-${randomUUID()}`;
    });

    it('gives a uuid to the id that claims it first, and names that one to every other', async () => {
      expect(await keys.claim(stream, 'a-uuid', 7)).toBe(7);
      expect(await keys.claim(stream, 'a-uuid', 8)).toBe(7);
    });

    it('gives a uuid again to the id that holds it', async () => {
      await keys.claim(stream, 'a-uuid', 2 ** 53 - 1);
      expect(await keys.claim(stream, 'a-uuid', 2 ** 53 - 1)).toBe(2 ** 53 - 1);
    });

    it('tells streams and uuids apart', async () => {
      await keys.claim(stream, 'a-uuid', 7);
      expect(await keys.claim(`${stream}-other`, 'a-uuid', 8)).toBe(8);
      expect(await keys.claim(stream, 'A-uuid', 9)).toBe(9);
    });

    it('takes every uuid that an event may carry', async () => {
      const uuids = ['.', '..', '...', ':', '0', '-', 'a:b.c_d-e', 'x'.repeat(128)];
      const holders = await Promise.all(uuids.map((uuid, i) => keys.claim(stream, uuid, i)));
      expect(holders).toEqual(uuids.map((_, i) => i));
      expect(await keys.claim(stream, '.', 99)).toBe(0);
      expect(await keys.claim(stream, '..', 99)).toBe(1);
    });

    it('names one holder to all who claim a uuid at once', async () => {
      const holders = await Promise.all(Array.from({ length: 50 }, (_, i) => keys.claim(stream, 'a-uuid', i)));
      expect(new Set(holders).size).toBe(1);
    });
  });
}
