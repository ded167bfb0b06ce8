import { digest } from '../../shared/digest.ts';
import { unreliable, type Fault } from '../../shared/embedded/faults.ts';
import { aClaim, claimsOn, dropped, toPublish } from '../support/claims.ts';
import { CommitHarness } from '../support/commits.ts';

describe('marks', () => {
  const mark = { eventId: 6, root: digest('events/1'), as: 'published' } as const;
  const isMarked = async (harness: CommitHarness) =>
    (await harness.settle(harness.blocks.last('s')))?.cells[6]?.[0]?.published;

  it('are written with the next commit of their block', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance();
    await harness.settle(commits.claim('s', aClaim()));
    commits.mark('s', mark);
    await harness.settle(commits.claim('s', aClaim({ eventId: 7, key: '7/0', root: 'events/7' })));
    expect(harness.calls.write).toBe(2);
    expect(await harness.settle(commits.claim('s', aClaim()))).toEqual(dropped('already-published'));
  });

  it('are written alone once the oldest of them has waited a second', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance();
    await harness.settle(Promise.all(claimsOn([6, 7]).map((claim) => commits.claim('s', claim))));
    commits.mark('s', { ...mark, root: digest('events/6') });
    await harness.advance(600);
    commits.mark('s', { ...mark, eventId: 7, root: digest('events/7') });
    await harness.advance(399);
    expect(harness.calls.write).toBe(1);
    await harness.advance(2);
    expect(harness.calls.write).toBe(2);
    await harness.advance(2_000);
    expect(harness.calls.write).toBe(2);
    expect((await harness.blocks.last('s'))?.cells.slice(6, 8).map(([entry]) => entry?.published)).toEqual([
      true,
      true,
    ]);
  });

  it('wait a second each time: a commit that takes them ends the wait of those before', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance();
    await harness.settle(commits.claim('s', aClaim()));
    commits.mark('s', mark);
    await harness.advance(500);
    await harness.settle(commits.claim('s', aClaim({ eventId: 7, key: '7/0', root: 'events/7' })));
    commits.mark('s', { ...mark, eventId: 7, root: digest('events/7') });
    await harness.advance(990);
    expect(harness.calls.write).toBe(2);
    await harness.advance(20);
    expect(harness.calls.write).toBe(3);
  });

  it('read their block before they are written alone, once another instance has written most of such blocks since', async () => {
    const harness = new CommitHarness();
    const [own, other] = [harness.instance(), harness.instance()];
    const costs: { read: number; write: number }[] = [];
    for (const eventId of Array.from({ length: 8 }, (_, block) => 256 * block)) {
      await harness.settle(Promise.all(claimsOn([eventId]).map((claim) => own.claim('s', claim))));
      own.mark('s', { ...mark, eventId, root: digest(`events/${eventId}`) });
      await harness.settle(Promise.all(claimsOn([eventId + 1]).map((claim) => other.claim('s', claim))));
      const { read, write } = { ...harness.calls };
      await harness.advance(2_000);
      costs.push({ read: harness.calls.read - read, write: harness.calls.write - write });
    }
    // A conflict is a write, a read and another write.
    expect(costs.slice(0, 6)).toEqual(Array(6).fill({ read: 1, write: 2 }));
    expect(costs.slice(6)).toEqual(Array(2).fill({ read: 1, write: 1 }));
    expect((await harness.blocks.last('s'))?.cells[0]?.[0]?.published).toBe(true);
  });

  it('are written at once for the last delivery in flight, though the block rests, before it is told', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance(harness.withLatency({ read: 10, write: 20 }));
    await harness.settle(commits.claim('s', aClaim()));
    commits.mark('s', mark);
    const startedAtMs = harness.clock.now();
    await harness.settle(commits.writeMarks());
    expect(harness.clock.now() - startedAtMs).toBe(20);
    expect(await isMarked(harness)).toBe(true);
    // The haste was for the marks only: the next claim finds the block at rest.
    await harness.settle(commits.claim('s', aClaim({ eventId: 7, key: '7/0', root: 'events/7' })));
    expect(harness.clock.now() - startedAtMs).toBe(20 + 100 + 20);
  });

  it('that are under way when the last delivery asks are waited for; those that come later are not', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance(harness.withLatency({ read: 10, write: 20 }));
    await harness.settle(Promise.all(claimsOn([6, 7]).map((claim) => commits.claim('s', claim))));
    commits.mark('s', { ...mark, root: digest('events/6') });
    const first = commits.writeMarks();
    const second = commits.writeMarks();
    await harness.advance(5);
    commits.mark('s', { ...mark, eventId: 7, root: digest('events/7') });
    await harness.settle(Promise.all([first, second]));
    expect((await harness.blocks.last('s'))?.cells.slice(6, 8).map(([entry]) => entry?.published)).toEqual([
      true,
      false,
    ]);
  });

  it('cause no call if none is pending', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance();
    await harness.settle(commits.claim('s', aClaim()));
    await harness.settle(commits.writeMarks());
    expect(harness.calls).toEqual({ read: 1, write: 1, blocksWritten: 1 });
  });

  it.each<Fault>(['fails', 'answer-lost'])(
    'that the store does not take (%s) are counted, and hold up nothing',
    async (fault) => {
      const harness = new CommitHarness();
      const faults: Fault[] = ['none', fault];
      const commits = harness.instance((store) =>
        unreliable('blocks', store, (method) => (method === 'write' ? (faults.shift() ?? 'none') : 'none')),
      );
      await harness.settle(commits.claim('s', aClaim()));
      commits.mark('s', mark);
      await harness.settle(commits.writeMarks());
      expect(harness.log.counts.get('mark-lost')).toBe(1);
      expect(await harness.settle(commits.claim('s', aClaim({ eventId: 7, key: '7/0', root: 'events/7' })))).toEqual(
        toPublish,
      );
    },
  );

  it('whose block cannot be read again are counted', async () => {
    const harness = new CommitHarness();
    const faults: Fault[] = ['none', 'fails'];
    const commits = harness.instance((store) =>
      unreliable('blocks', store, (method) => (method === 'read' ? (faults.shift() ?? 'none') : 'none')),
    );
    await harness.settle(commits.claim('s', aClaim()));
    await harness.settle(
      harness.instance(undefined, 2).claim('s', aClaim({ eventId: 7, key: '7/0', root: 'events/7' })),
    );
    commits.mark('s', mark);
    await harness.settle(commits.writeMarks());
    expect(faults).toEqual([]);
    expect(harness.log.counts.get('mark-lost')).toBe(1);
  });

  it('go out again after a conflict', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance(harness.withLatency({ read: 10, write: 20 }));
    await harness.settle(commits.claim('s', aClaim()));
    await harness.settle(
      harness.instance(undefined, 2).claim('s', aClaim({ eventId: 7, key: '7/0', root: 'events/7' })),
    );
    commits.mark('s', mark);
    const startedAtMs = harness.clock.now();
    await harness.settle(commits.writeMarks());
    // A conflict, a backoff of up to four round trips, a read, a write.
    expect(harness.clock.now() - startedAtMs).toBeLessThanOrEqual(20 + 80 + 10 + 20);
    expect(await isMarked(harness)).toBe(true);
    expect(harness.log.counts.get('mark-lost')).toBeUndefined();
  });

  it('are written when the instance ends, though another instance has written their block', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance(harness.withLatency({ read: 10, write: 20 }));
    await harness.settle(commits.claim('s', aClaim()));
    await harness.settle(
      harness.instance(undefined, 2).claim('s', aClaim({ eventId: 7, key: '7/0', root: 'events/7' })),
    );
    commits.mark('s', mark);
    await harness.settle(commits.flush());
    expect(await isMarked(harness)).toBe(true);
  });

  it('are written at once when the instance ends', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance();
    await harness.settle(commits.claim('s', aClaim()));
    commits.mark('s', mark);
    await harness.settle(commits.flush());
    expect(await isMarked(harness)).toBe(true);
  });
});
