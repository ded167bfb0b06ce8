import { digest } from '../../shared/digest.ts';
import { unreliable, type Fault } from '../../shared/embedded/faults.ts';
import { InvariantError, RetryableError } from '../../shared/errors.ts';
import type { BlockStore } from '../../shared/ports.ts';
import { aClaim, dropped, duplicate, publish } from '../support/claims.ts';
import { Shop } from '../support/commits.ts';

/** A claim of an event of its own on each of these ids. */
const claimsOn = (ids: readonly number[], by = 'events') =>
  ids.map((eventId) => aClaim({ eventId, key: `${eventId}/0`, root: `${by}/${eventId}` }));

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

describe('one instance', () => {
  it.each([
    ['four blocks that it fills almost', 0, 4],
    ['five, where it begins within a block', 200, 5],
  ])('commits a void of a thousand ids in one write of %s', async (_, from, blocksWritten) => {
    const shop = new Shop();
    const commits = shop.instance();
    const claims = range(from, 1_000).map((eventId) => aClaim({ eventId, kind: 'void', key: 'void' }));
    const verdicts = await shop.settle(Promise.all(claims.map((claim) => commits.claim('s', claim))));
    expect(verdicts).toEqual(claims.map(() => ({ act: 'close' })));
    expect(shop.calls).toEqual({ read: 1, write: 1, blocksWritten });
  });

  it('commits what arrives together in one read and one write', async () => {
    const shop = new Shop();
    const commits = shop.instance();
    const verdicts = await shop.settle(Promise.all(claimsOn(range(0, 200)).map((claim) => commits.claim('s', claim))));
    expect(verdicts).toEqual(range(0, 200).map(() => publish));
    expect(shop.calls).toEqual({ read: 1, write: 1, blocksWritten: 1 });
  });

  it('does not read again what it has written itself', async () => {
    const shop = new Shop();
    const commits = shop.instance();
    for (const claim of claimsOn(range(0, 5))) await shop.settle(commits.claim('s', claim));
    expect(shop.calls).toEqual({ read: 1, write: 5, blocksWritten: 5 });
  });

  it('commits blocks side by side in one call, and answers in the order of arrival', async () => {
    const shop = new Shop();
    const commits = shop.instance();
    const answered: number[] = [];
    const ids = [600, 0, 300, 1, 601];
    await shop.settle(
      Promise.all(claimsOn(ids).map((claim) => commits.claim('s', claim).then(() => answered.push(claim.eventId)))),
    );
    expect(answered).toEqual(ids);
    expect(shop.calls).toEqual({ read: 1, write: 1, blocksWritten: 3 });
  });

  it('keeps a block for the window of its stream, from its last write on', async () => {
    const shop = new Shop();
    shop.windowsMs.set('s', 60_000).set('t', 3_600_000);
    const commits = shop.instance();
    const claimBoth = (id: number) =>
      shop.settle(
        Promise.all(['s', 't'].flatMap((stream) => claimsOn([id]).map((claim) => commits.claim(stream, claim)))),
      );
    const expiries = async () => {
      const stored = await shop.settle(
        shop.blocks.read([
          { stream: 's', index: 0 },
          { stream: 't', index: 0 },
        ]),
      );
      return stored.map(({ expireAtMs }) => expireAtMs - shop.clock.now());
    };
    await claimBoth(1);
    expect(await expiries()).toEqual([60_000, 3_600_000]);
    shop.clock.advance(5_000);
    await claimBoth(2);
    expect(await expiries()).toEqual([60_000, 3_600_000]);
  });

  it('says that an event is a duplicate only after it has looked again, since another may have written', async () => {
    const shop = new Shop();
    const commits = shop.instance();
    const [claim] = claimsOn([6]);
    await shop.settle(commits.claim('s', claim!));
    expect(await shop.settle(commits.claim('s', aClaim({ root: 'events/other' })))).toEqual(duplicate);
    expect(shop.calls.read).toBe(2);
  });

  it('refuses nothing on the strength of a block that it remembers: an event that another instance holds is found', async () => {
    const shop = new Shop();
    const [one, two] = [shop.instance(), shop.instance()];
    await shop.settle(one.claim('s', aClaim({ eventId: 1, key: '1/0', root: 'events/1' })));
    await shop.settle(two.claim('s', aClaim({ root: 'events/2', toBeChecked: true })));
    // The first instance has never seen id 6, which the second has sent to verify; its refusal must close that entry.
    const refusal = aClaim({ root: 'events/2', kind: 'refusal' });
    expect(await shop.settle(one.claim('s', refusal))).toMatchObject({ act: 'dead-letter' });
    const again = await shop.settle(two.claim('s', aClaim({ root: 'events/3', toBeChecked: true })));
    expect(again).toEqual(duplicate);
    expect((await shop.blocks.last('s'))?.cells[6]?.map(({ state }) => state)).toEqual(['closed']);
  });

  it('forgets blocks that it has not needed for long, and answers the same', async () => {
    const shop = new Shop();
    const commits = shop.instance();
    const ids = range(0, 400).map((i) => i * 256);
    for (let at = 0; at < ids.length; at += 20) {
      await shop.settle(Promise.all(claimsOn(ids.slice(at, at + 20)).map((claim) => commits.claim('s', claim))));
    }
    expect(await shop.settle(commits.claim('s', aClaim({ eventId: 0, key: '0/0', root: 'events/x' })))).toEqual(
      duplicate,
    );
  });
});

describe('instances that compete', () => {
  it('lose nothing and let no duplicate through', async () => {
    const shop = new Shop();
    const instances = range(0, 4).map((i) => shop.instance((store) => store, i + 1));
    const claims = [...claimsOn(range(0, 600), 'a'), ...claimsOn(range(0, 600), 'b')];
    const verdicts = await shop.settle(
      Promise.all(
        claims.map((claim, i) => instances[i % 4]!.claim('s', claim).then(({ act }) => ({ id: claim.eventId, act }))),
      ),
    );
    const acts = (id: number) =>
      verdicts
        .filter((verdict) => verdict.id === id)
        .map(({ act }) => act)
        .sort();
    for (const id of range(0, 600)) expect(acts(id)).toEqual(['duplicate', 'publish']);
  });

  it('do not wait for a block of another stream', async () => {
    const shop = new Shop();
    const neverWrites = (store: BlockStore): BlockStore => ({
      ...store,
      write: (writes) =>
        writes.some(({ ref }) => ref.stream === 'stuck') ? new Promise(() => undefined) : store.write(writes),
    });
    const commits = shop.instance(neverWrites);
    for (const claim of claimsOn(range(0, 20).map((i) => i * 256))) void commits.claim('stuck', claim);
    expect(await shop.settle(commits.claim('s', aClaim()))).toEqual(publish);
  });
});

describe('a store that fails', () => {
  const failing =
    (...faults: Fault[]) =>
    (store: BlockStore): BlockStore =>
      unreliable(store, (method) => (method === 'write' ? (faults.shift() ?? 'none') : 'none'));

  it('rejects the claims, so that their messages are delivered again', async () => {
    const shop = new Shop();
    const commits = shop.instance(failing('fails'));
    await expect(shop.settle(commits.claim('s', aClaim()))).rejects.toThrow(RetryableError);
    expect(await shop.settle(commits.claim('s', aClaim()))).toEqual(publish);
  });

  it('publishes an event once more whose answer was lost, under the same root, and calls it no duplicate', async () => {
    const shop = new Shop();
    const commits = shop.instance(failing('answer-lost'));
    await expect(shop.settle(commits.claim('s', aClaim()))).rejects.toThrow(RetryableError);
    expect(await shop.settle(commits.claim('s', aClaim()))).toEqual(publish);
    expect(await shop.settle(commits.claim('s', aClaim({ root: 'events/2' })))).toEqual(duplicate);
  });

  it('rejects what waits for a block that cannot be read', async () => {
    const shop = new Shop();
    const faults: Fault[] = ['fails'];
    const commits = shop.instance((store) =>
      unreliable(store, (method) => (method === 'read' ? (faults.shift() ?? 'none') : 'none')),
    );
    await expect(shop.settle(commits.claim('s', aClaim()))).rejects.toThrow(RetryableError);
    expect(await shop.settle(commits.claim('s', aClaim()))).toEqual(publish);
  });

  it('takes a refused group apart: the one claim that the store will not have is rejected, the others go through', async () => {
    const shop = new Shop();
    const refusing = (store: BlockStore): BlockStore => ({
      ...store,
      write: async (writes) => {
        const isBad = ({ block }: (typeof writes)[number]): boolean => block.cells[13]!.length > 0;
        if (!writes.some(isBad)) return store.write(writes);
        return writes.map(() => ({ status: 'refused', reason: 'INVALID_ARGUMENT' }) as const);
      },
    });
    const commits = shop.instance(refusing);
    const outcomes = await shop.settle(
      Promise.allSettled(claimsOn([11, 12, 13, 14]).map((claim) => commits.claim('s', claim))),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[2]).toMatchObject({ reason: expect.any(InvariantError) as unknown });
  });
});

describe('what is learned after the verdict', () => {
  const mark = { eventId: 6, root: digest('events/1'), as: 'published' } as const;

  it('rides with the next commit of its block', async () => {
    const shop = new Shop();
    const commits = shop.instance();
    await shop.settle(commits.claim('s', aClaim()));
    commits.mark('s', mark);
    await shop.settle(commits.claim('s', aClaim({ eventId: 7, key: '7/0', root: 'events/7' })));
    expect(shop.calls.write).toBe(2);
    expect(await shop.settle(commits.claim('s', aClaim()))).toEqual(dropped('already-published'));
  });

  it('is written by itself after a second without a commit', async () => {
    const shop = new Shop();
    const commits = shop.instance();
    await shop.settle(commits.claim('s', aClaim()));
    commits.mark('s', mark);
    shop.clock.advance(999);
    await shop.settle(Promise.resolve());
    expect(shop.calls.write).toBe(1);
    shop.clock.advance(1);
    await shop.settle(shop.instance().claim('t', aClaim()));
    expect((await shop.blocks.last('s'))?.cells[6]?.[0]?.published).toBe(true);
  });

  it('is written at once when the instance ends', async () => {
    const shop = new Shop();
    const commits = shop.instance();
    await shop.settle(commits.claim('s', aClaim()));
    commits.mark('s', mark);
    await shop.settle(commits.flush());
    expect((await shop.blocks.last('s'))?.cells[6]?.[0]?.published).toBe(true);
  });
});
