import { randomUUID } from 'node:crypto';
import type { UuidKeys } from '../../shared/ports.ts';

/** Tests the behaviour that every store of uuids must have. */
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

    it('gives a uuid to the first id that claims it, and names that id to all later claims', async () => {
      expect(await keys.claim(stream, 'a-uuid', 7)).toBe(7);
      expect(await keys.claim(stream, 'a-uuid', 8)).toBe(7);
    });

    it('names the holder of a uuid without claiming it', async () => {
      expect(await keys.holder(stream, '..')).toBeUndefined();
      await keys.claim(stream, '..', 7);
      expect([await keys.holder(stream, '..'), await keys.holder(stream, 'other')]).toEqual([7, undefined]);
    });

    it('gives a uuid to its holder again', async () => {
      await keys.claim(stream, 'a-uuid', 2 ** 53 - 1);
      expect(await keys.claim(stream, 'a-uuid', 2 ** 53 - 1)).toBe(2 ** 53 - 1);
    });

    it('distinguishes streams, and uuids that differ in case', async () => {
      await keys.claim(stream, 'a-uuid', 7);
      expect(await keys.claim(`${stream}-other`, 'a-uuid', 8)).toBe(8);
      expect(await keys.claim(stream, 'A-uuid', 9)).toBe(9);
    });

    it('accepts every uuid that an event may carry', async () => {
      const uuids = ['.', '..', '...', ':', '0', '-', 'a:b.c_d-e', 'x'.repeat(128)];
      const holders = await Promise.all(uuids.map((uuid, i) => keys.claim(stream, uuid, i)));
      expect(holders).toEqual(uuids.map((_, i) => i));
      expect(await keys.claim(stream, '.', 99)).toBe(0);
      expect(await keys.claim(stream, '..', 99)).toBe(1);
    });

    it('names one holder to all ids that claim a uuid at the same time', async () => {
      const holders = await Promise.all(Array.from({ length: 50 }, (_, i) => keys.claim(stream, 'a-uuid', i)));
      expect(new Set(holders).size).toBe(1);
    });
  });
}
