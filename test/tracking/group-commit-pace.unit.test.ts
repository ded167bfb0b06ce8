import type { Clock } from '../../shared/ports.ts';
import { idsFrom } from '../support/builders.ts';
import { aClaim, claimsOn, toPublish } from '../support/claims.ts';
import { CommitHarness } from '../support/commits.ts';

/** Makes an instance whose writes end in these ways, one after another. @returns It, and the times of its reads. */
function writing(...outcomes: ('written' | 'refused' | 'conflict')[]) {
  const harness = new CommitHarness();
  const readsAtMs: number[] = [];
  const commits = harness.instance((store) => {
    const slow = harness.withLatency({ read: 10, write: 20 })(store);
    return {
      ...slow,
      read: (refs) => {
        readsAtMs.push(harness.clock.now());
        return slow.read(refs);
      },
      write: async (writes) => {
        const outcome = outcomes.shift();
        const written = await slow.write(outcome === 'written' ? writes : []);
        if (outcome === 'refused') return writes.map(() => ({ status: 'refused', reason: 'too large' }) as const);
        return outcome === 'conflict' ? writes.map(() => ({ status: 'conflict' }) as const) : written;
      },
    };
  });
  return { harness, commits, readsAtMs };
}

describe('the pace of a block', () => {
  it('rests for a tenth of a second after a commit, whose claims share the next one', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance(harness.withLatency({ read: 10, write: 20 }));
    await harness.settle(commits.claim('s', aClaim({ eventId: 0, root: 'events/0', key: '0/0' })));
    const writtenAtMs = harness.clock.now();
    const claims = claimsOn([1, 2, 3]).map(async (claim, i) => {
      await harness.advance(30 * i);
      return commits.claim('s', claim);
    });
    await harness.settle(Promise.all(claims));
    expect(harness.calls.write).toBe(2);
    expect(harness.clock.now() - writtenAtMs).toBeGreaterThanOrEqual(100);
  });

  it('backs off after a conflict also while the claims of a refused group are tried one by one', async () => {
    const { harness, commits, readsAtMs } = writing('written', 'refused', 'conflict', 'written', 'written');
    await harness.settle(commits.claim('s', aClaim({ eventId: 0, root: 'events/0', key: '0/0' })));
    await harness.settle(Promise.all(claimsOn([1, 2]).map((claim) => commits.claim('s', claim))));
    const [first, refused, conflict] = readsAtMs;
    expect([first, readsAtMs.length]).toEqual([0, 3]);
    // The read after the refusal and the write take 30 ms; then the backoff.
    expect(conflict! - refused!).toBeGreaterThan(30);
  });

  it('rests for 25 ms only where a quarter of a block waits for it', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance(harness.withLatency({ read: 10, write: 20 }));
    await harness.settle(commits.claim('s', aClaim({ eventId: 0, root: 'events/0', key: '0/0' })));
    const startedAtMs = harness.clock.now();
    const few = Promise.all(claimsOn(idsFrom(1, 63)).map((claim) => commits.claim('s', claim)));
    await harness.advance(10);
    const one = commits.claim('s', aClaim({ eventId: 64, root: 'events/64', key: '64/0' }));
    await harness.settle(Promise.all([few, one]));
    expect(harness.clock.now() - startedAtMs).toBe(25 + 20);
    const atMs = harness.clock.now();
    await harness.settle(Promise.all(claimsOn(idsFrom(65, 127)).map((claim) => commits.claim('s', claim))));
    expect(harness.clock.now() - atMs).toBe(100 + 20);
  });

  it('does not rest where all ids that it still lacks wait for it', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance(harness.withLatency({ read: 10, write: 20 }));
    await harness.settle(commits.claim('s', aClaim({ eventId: 0, root: 'events/0', key: '0/0' })));
    const startedAtMs = harness.clock.now();
    await harness.settle(Promise.all(claimsOn(idsFrom(1, 255)).map((claim) => commits.claim('s', claim))));
    expect(harness.clock.now() - startedAtMs).toBe(20);
    // Revisions of ids that it has could come all the time, so they wait for its rest.
    const atMs = harness.clock.now();
    const revisions = idsFrom(0, 63).map((eventId) =>
      aClaim({ eventId, root: `again/${eventId}`, key: `${eventId}/1` }),
    );
    await harness.settle(Promise.all(revisions.map((claim) => commits.claim('s', claim))));
    expect(harness.clock.now() - atMs).toBe(25 + 20);
  });

  it('backs off after a conflict also where all ids that it still lacks wait for it', async () => {
    const { harness, commits, readsAtMs } = writing('conflict', 'written');
    await harness.settle(Promise.all(claimsOn(idsFrom(0, 255)).map((claim) => commits.claim('s', claim))));
    expect(readsAtMs).toHaveLength(2);
    expect(readsAtMs[1]! - readsAtMs[0]!).toBeGreaterThan(30);
  });

  it('is not held up by a clock that is set back', async () => {
    const harness = new CommitHarness();
    let aheadMs = 3_600_000;
    const clock: Clock = {
      now: () => harness.clock.now() + aheadMs,
      schedule: (delayMs, run) => harness.clock.schedule(delayMs, run),
    };
    const commits = harness.instance(undefined, 1, clock);
    await harness.settle(commits.claim('s', aClaim({ eventId: 0, root: 'events/0', key: '0/0' })));
    aheadMs = 0;
    const startedAtMs = harness.clock.now();
    await harness.settle(commits.claim('s', aClaim({ eventId: 1, root: 'events/1', key: '1/0' })));
    expect(harness.clock.now() - startedAtMs).toBeLessThanOrEqual(200);
  });

  it('goes out at once where it has rested', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance(harness.withLatency({ read: 10, write: 20 }));
    await harness.settle(commits.claim('s', aClaim({ eventId: 0, root: 'events/0', key: '0/0' })));
    await harness.advance(100);
    const startedAtMs = harness.clock.now();
    await harness.settle(commits.claim('s', aClaim({ eventId: 1, root: 'events/1', key: '1/0' })));
    expect(harness.clock.now() - startedAtMs).toBe(20);
  });

  it('backs off after a conflict before it reads again', async () => {
    const { harness, commits, readsAtMs } = writing('written', 'conflict', 'conflict', 'conflict', 'written');
    await harness.settle(commits.claim('s', aClaim({ eventId: 0, root: 'events/0', key: '0/0' })));
    expect(await harness.settle(commits.claim('s', aClaim({ eventId: 1, root: 'events/1', key: '1/0' })))).toEqual(
      toPublish,
    );
    // Each read after a conflict waits for a random part of four round trips of 20 ms; one read and one write take 30 ms.
    const waitsMs = readsAtMs.slice(2).map((atMs, i) => atMs - readsAtMs[i + 1]! - 30);
    expect(waitsMs).toHaveLength(2);
    for (const waitMs of waitsMs) {
      expect(waitMs).toBeGreaterThan(0);
      expect(waitMs).toBeLessThanOrEqual(80);
    }
  });
});
