import { digest } from '../../shared/digest.ts';
import { unreliable, type Fault } from '../../shared/embedded/faults.ts';
import { aClaim, claimsOn, dropped, publish } from '../support/claims.ts';
import { Shop } from '../support/commits.ts';

describe('marks', () => {
  const mark = { eventId: 6, root: digest('events/1'), as: 'published' } as const;
  const isMarked = async (shop: Shop) => (await shop.settle(shop.blocks.last('s')))?.cells[6]?.[0]?.published;

  it('ride with the next commit of their block', async () => {
    const shop = new Shop();
    const commits = shop.instance();
    await shop.settle(commits.claim('s', aClaim()));
    commits.mark('s', mark);
    await shop.settle(commits.claim('s', aClaim({ eventId: 7, key: '7/0', root: 'events/7' })));
    expect(shop.calls.write).toBe(2);
    expect(await shop.settle(commits.claim('s', aClaim()))).toEqual(dropped('already-published'));
  });

  it('are written alone once the oldest of them has waited a second', async () => {
    const shop = new Shop();
    const commits = shop.instance();
    await shop.settle(Promise.all(claimsOn([6, 7]).map((claim) => commits.claim('s', claim))));
    commits.mark('s', { ...mark, root: digest('events/6') });
    await shop.advance(600);
    commits.mark('s', { ...mark, eventId: 7, root: digest('events/7') });
    await shop.advance(399);
    expect(shop.calls.write).toBe(1);
    await shop.advance(2);
    expect(shop.calls.write).toBe(2);
    await shop.advance(2_000);
    expect(shop.calls.write).toBe(2);
    expect((await shop.blocks.last('s'))?.cells.slice(6, 8).map(([entry]) => entry?.published)).toEqual([true, true]);
  });

  it('wait a second each time: a commit that takes them ends the wait of those before', async () => {
    const shop = new Shop();
    const commits = shop.instance();
    await shop.settle(commits.claim('s', aClaim()));
    commits.mark('s', mark);
    await shop.advance(500);
    await shop.settle(commits.claim('s', aClaim({ eventId: 7, key: '7/0', root: 'events/7' })));
    commits.mark('s', { ...mark, eventId: 7, root: digest('events/7') });
    await shop.advance(990);
    expect(shop.calls.write).toBe(2);
    await shop.advance(20);
    expect(shop.calls.write).toBe(3);
  });

  it('are written at once for the last delivery in flight, though the block rests, before it is told', async () => {
    const shop = new Shop();
    const commits = shop.instance(shop.withLatency({ read: 10, write: 20 }));
    await shop.settle(commits.claim('s', aClaim()));
    commits.mark('s', mark);
    const startedAtMs = shop.clock.now();
    await shop.settle(commits.writeMarks());
    expect(shop.clock.now() - startedAtMs).toBe(20);
    expect(await isMarked(shop)).toBe(true);
    // The haste was for the marks only: the next claim finds the block at rest.
    await shop.settle(commits.claim('s', aClaim({ eventId: 7, key: '7/0', root: 'events/7' })));
    expect(shop.clock.now() - startedAtMs).toBe(20 + 100 + 20);
  });

  it('that are under way when the last delivery asks are waited for; those that come later are not', async () => {
    const shop = new Shop();
    const commits = shop.instance(shop.withLatency({ read: 10, write: 20 }));
    await shop.settle(Promise.all(claimsOn([6, 7]).map((claim) => commits.claim('s', claim))));
    commits.mark('s', { ...mark, root: digest('events/6') });
    const first = commits.writeMarks();
    const second = commits.writeMarks();
    await shop.advance(5);
    commits.mark('s', { ...mark, eventId: 7, root: digest('events/7') });
    await shop.settle(Promise.all([first, second]));
    expect((await shop.blocks.last('s'))?.cells.slice(6, 8).map(([entry]) => entry?.published)).toEqual([true, false]);
  });

  it('cost no call where none waits', async () => {
    const shop = new Shop();
    const commits = shop.instance();
    await shop.settle(commits.claim('s', aClaim()));
    await shop.settle(commits.writeMarks());
    expect(shop.calls).toEqual({ read: 1, write: 1, blocksWritten: 1 });
  });

  it.each<Fault>(['fails', 'answer-lost'])(
    'that the store does not take (%s) are counted, and hold up nothing',
    async (fault) => {
      const shop = new Shop();
      const faults: Fault[] = ['none', fault];
      const commits = shop.instance((store) =>
        unreliable('blocks', store, (method) => (method === 'write' ? (faults.shift() ?? 'none') : 'none')),
      );
      await shop.settle(commits.claim('s', aClaim()));
      commits.mark('s', mark);
      await shop.settle(commits.writeMarks());
      expect(shop.log.counts.get('mark-lost')).toBe(1);
      expect(await shop.settle(commits.claim('s', aClaim({ eventId: 7, key: '7/0', root: 'events/7' })))).toEqual(
        publish,
      );
    },
  );

  it('whose block cannot be read again are counted', async () => {
    const shop = new Shop();
    const faults: Fault[] = ['none', 'fails'];
    const commits = shop.instance((store) =>
      unreliable('blocks', store, (method) => (method === 'read' ? (faults.shift() ?? 'none') : 'none')),
    );
    await shop.settle(commits.claim('s', aClaim()));
    await shop.settle(shop.instance(undefined, 2).claim('s', aClaim({ eventId: 7, key: '7/0', root: 'events/7' })));
    commits.mark('s', mark);
    await shop.settle(commits.writeMarks());
    expect(faults).toEqual([]);
    expect(shop.log.counts.get('mark-lost')).toBe(1);
  });

  it('go out again after a conflict', async () => {
    const shop = new Shop();
    const commits = shop.instance(shop.withLatency({ read: 10, write: 20 }));
    await shop.settle(commits.claim('s', aClaim()));
    await shop.settle(shop.instance(undefined, 2).claim('s', aClaim({ eventId: 7, key: '7/0', root: 'events/7' })));
    commits.mark('s', mark);
    const startedAtMs = shop.clock.now();
    await shop.settle(commits.writeMarks());
    // A conflict, a backoff of up to four round trips, a read, a write.
    expect(shop.clock.now() - startedAtMs).toBeLessThanOrEqual(20 + 80 + 10 + 20);
    expect(await isMarked(shop)).toBe(true);
    expect(shop.log.counts.get('mark-lost')).toBeUndefined();
  });

  it('are written when the instance ends, though another instance has written their block', async () => {
    const shop = new Shop();
    const commits = shop.instance(shop.withLatency({ read: 10, write: 20 }));
    await shop.settle(commits.claim('s', aClaim()));
    await shop.settle(shop.instance(undefined, 2).claim('s', aClaim({ eventId: 7, key: '7/0', root: 'events/7' })));
    commits.mark('s', mark);
    await shop.settle(commits.flush());
    expect(await isMarked(shop)).toBe(true);
  });

  it('are written at once when the instance ends', async () => {
    const shop = new Shop();
    const commits = shop.instance();
    await shop.settle(commits.claim('s', aClaim()));
    commits.mark('s', mark);
    await shop.settle(commits.flush());
    expect(await isMarked(shop)).toBe(true);
  });
});
