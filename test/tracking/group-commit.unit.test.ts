import { unreliable, type Fault } from '../../shared/embedded/faults.ts';
import { turn } from '../../shared/embedded/steps.ts';
import { InvariantError, RetryableError } from '../../shared/errors.ts';
import type { BlockStore } from '../../shared/ports.ts';
import { aClaim, claimsOn, deadLetter, duplicate, toPublish, verify } from '../support/claims.ts';
import { CommitHarness } from '../support/commits.ts';

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

describe('one instance', () => {
  it.each([
    ['four blocks that it fills almost', 0, 4],
    ['five, where it begins within a block', 200, 5],
  ])('commits a void of a thousand ids in one write of %s', async (_, from, blocksWritten) => {
    const harness = new CommitHarness();
    const commits = harness.instance();
    const claims = range(from, 1_000).map((eventId) => aClaim({ eventId, kind: 'void', key: 'void' }));
    const verdicts = await harness.settle(Promise.all(claims.map((claim) => commits.claim('s', claim))));
    expect(verdicts).toEqual(claims.map(() => ({ act: 'close' })));
    expect(harness.calls).toEqual({ read: 1, write: 1, blocksWritten });
  });

  it('commits what arrives together in one read and one write', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance();
    const verdicts = await harness.settle(
      Promise.all(claimsOn(range(0, 200)).map((claim) => commits.claim('s', claim))),
    );
    expect(verdicts).toEqual(range(0, 200).map(() => toPublish));
    expect(harness.calls).toEqual({ read: 1, write: 1, blocksWritten: 1 });
  });

  it('does not read again what it has written itself', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance();
    for (const claim of claimsOn(range(0, 5))) await harness.settle(commits.claim('s', claim));
    expect(harness.calls).toEqual({ read: 1, write: 5, blocksWritten: 5 });
  });

  it('commits blocks side by side in one call, and answers in the order of arrival', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance();
    const answered: number[] = [];
    const ids = [600, 0, 300, 1, 601];
    await harness.settle(
      Promise.all(claimsOn(ids).map((claim) => commits.claim('s', claim).then(() => answered.push(claim.eventId)))),
    );
    expect(answered).toEqual(ids);
    expect(harness.calls).toEqual({ read: 1, write: 1, blocksWritten: 3 });
  });

  it('keeps a block for the window of its stream, from its last write on', async () => {
    const harness = new CommitHarness();
    harness.windowsMs.set('s', 60_000).set('t', 3_600_000);
    const commits = harness.instance();
    const claimBoth = (id: number) =>
      harness.settle(
        Promise.all(['s', 't'].flatMap((stream) => claimsOn([id]).map((claim) => commits.claim(stream, claim)))),
      );
    const expiries = async () => {
      const stored = await harness.settle(
        harness.blocks.read([
          { stream: 's', index: 0 },
          { stream: 't', index: 0 },
        ]),
      );
      return stored.map(({ expireAtMs }) => expireAtMs - harness.clock.now());
    };
    await claimBoth(1);
    expect(await expiries()).toEqual([60_000, 3_600_000]);
    harness.clock.advance(5_000);
    await claimBoth(2);
    expect(await expiries()).toEqual([60_000, 3_600_000]);
  });

  it('records the time of the last write of a block', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance();
    const claim = (id: number) => harness.settle(Promise.all(claimsOn([id]).map((one) => commits.claim('s', one))));
    const writtenThisMinute = async (): Promise<number[]> => {
      const found: number[] = [];
      const search = async (): Promise<void> => {
        for await (const {
          block: { index },
        } of harness.blocks.writtenSince('s', harness.clock.now()))
          found.push(index);
      };
      await harness.settle(search());
      return found;
    };
    await claim(1);
    await claim(300);
    expect(await writtenThisMinute()).toEqual([0, 1]);
    harness.clock.advance(60_000);
    expect(await writtenThisMinute()).toEqual([]);
    await claim(2);
    expect(await writtenThisMinute()).toEqual([0]);
  });

  it('says that an event is a duplicate only after it has looked again, since another may have written', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance();
    const [claim] = claimsOn([6]);
    await harness.settle(commits.claim('s', claim!));
    expect(await harness.settle(commits.claim('s', aClaim({ root: 'events/other' })))).toEqual(duplicate);
    expect(harness.calls.read).toBe(2);
  });

  it('reads a cached block again before it refuses a claim, and finds an event that another instance stored', async () => {
    const harness = new CommitHarness();
    const [one, two] = [harness.instance(), harness.instance()];
    await harness.settle(one.claim('s', aClaim({ eventId: 1, key: '1/0', root: 'events/1' })));
    await harness.settle(two.claim('s', aClaim({ root: 'events/2', toBeChecked: true })));
    // The first instance has never seen id 6, which the second has sent to verify; its refusal must close that entry.
    const refusal = aClaim({ root: 'events/2', kind: 'refusal' });
    expect(await harness.settle(one.claim('s', refusal))).toMatchObject({ act: 'dead-letter' });
    const again = await harness.settle(two.claim('s', aClaim({ root: 'events/3', toBeChecked: true })));
    expect(again).toEqual(duplicate);
    expect((await harness.blocks.last('s'))?.cells[6]?.map(({ state }) => state)).toEqual(['closed']);
  });

  it('forgets blocks that it has not needed for long, and answers the same', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance();
    const ids = range(0, 400).map((i) => i * 256);
    for (let at = 0; at < ids.length; at += 20) {
      await harness.settle(Promise.all(claimsOn(ids.slice(at, at + 20)).map((claim) => commits.claim('s', claim))));
    }
    expect(await harness.settle(commits.claim('s', aClaim({ eventId: 0, key: '0/0', root: 'events/x' })))).toEqual(
      duplicate,
    );
  });
});

describe('instances that compete', () => {
  it('lose nothing and let no duplicate through', async () => {
    const harness = new CommitHarness();
    const instances = range(0, 4).map((i) => harness.instance((store) => store, i + 1));
    const claims = [...claimsOn(range(0, 600), 'a'), ...claimsOn(range(0, 600), 'b')];
    const verdicts = await harness.settle(
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
    const harness = new CommitHarness();
    const neverWrites = (store: BlockStore): BlockStore => ({
      ...store,
      write: (writes) =>
        writes.some(({ ref }) => ref.stream === 'stuck') ? new Promise(() => undefined) : store.write(writes),
    });
    const commits = harness.instance(neverWrites);
    for (const claim of claimsOn(range(0, 20).map((i) => i * 256))) void commits.claim('stuck', claim);
    expect(await harness.settle(commits.claim('s', aClaim()))).toEqual(toPublish);
  });
});

describe('a store that fails', () => {
  const failing =
    (...faults: Fault[]) =>
    (store: BlockStore): BlockStore =>
      unreliable('blocks', store, (method) => (method === 'write' ? (faults.shift() ?? 'none') : 'none'));

  it.each(['read', 'write'])(
    'rejects every claim of every block where a %s fails, so that all their messages are delivered again',
    async (failed) => {
      const harness = new CommitHarness();
      const faults: Fault[] = ['fails'];
      const commits = harness.instance((store) =>
        unreliable('blocks', store, (method) => (method === failed ? (faults.shift() ?? 'none') : 'none')),
      );
      const claims = claimsOn([1, 2, 3, 300, 301]).map((claim) => commits.claim('s', claim));
      const outcomes = await harness.settle(Promise.allSettled(claims));
      expect(outcomes.map(({ status }) => status)).toEqual(claims.map(() => 'rejected'));
    },
  );

  it.each(['read', 'write'] as const)('leaves a bug of the store a bug: %s', async (method) => {
    const harness = new CommitHarness();
    const bug = new InvariantError('block 0 would have 2000000 bytes');
    const commits = harness.instance((store) => ({ ...store, [method]: () => Promise.reject(bug) }));
    await expect(harness.settle(commits.claim('s', aClaim()))).rejects.toBe(bug);
  });

  it('rejects the claims, so that their messages are delivered again', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance(failing('fails'));
    await expect(harness.settle(commits.claim('s', aClaim()))).rejects.toThrow(RetryableError);
    expect(await harness.settle(commits.claim('s', aClaim()))).toEqual(toPublish);
  });

  it('gives an event the verdict publish again, not duplicate, when the answer of its write was lost', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance(failing('answer-lost'));
    await expect(harness.settle(commits.claim('s', aClaim()))).rejects.toThrow(RetryableError);
    expect(await harness.settle(commits.claim('s', aClaim()))).toEqual(toPublish);
    expect(await harness.settle(commits.claim('s', aClaim({ root: 'events/2' })))).toEqual(duplicate);
  });

  it('rejects what waits for a block that cannot be read', async () => {
    const harness = new CommitHarness();
    const faults: Fault[] = ['fails'];
    const commits = harness.instance((store) =>
      unreliable('blocks', store, (method) => (method === 'read' ? (faults.shift() ?? 'none') : 'none')),
    );
    await expect(harness.settle(commits.claim('s', aClaim()))).rejects.toThrow(RetryableError);
    expect(await harness.settle(commits.claim('s', aClaim()))).toEqual(toPublish);
  });

  it('retries the claims of a refused group one by one: only the claim that the store refuses is rejected', async () => {
    const harness = new CommitHarness();
    const sizes: number[] = [];
    const refusing = (store: BlockStore): BlockStore => ({
      ...store,
      write: async (writes) => {
        const { block: before } = (await store.read([writes[0]!.ref]))[0]!;
        sizes.push(writes[0]!.block.cells.flat().length - before.cells.flat().length);
        const isBad = ({ block }: (typeof writes)[number]): boolean => block.cells[13]!.length > 0;
        if (!writes.some(isBad)) return store.write(writes);
        return writes.map(() => ({ status: 'refused', reason: 'INVALID_ARGUMENT' }) as const);
      },
    });
    const commits = harness.instance(refusing);
    const outcomes = await harness.settle(
      Promise.allSettled(claimsOn([11, 12, 13, 14]).map((claim) => commits.claim('s', claim))),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[2]).toMatchObject({ reason: expect.any(InvariantError) as unknown });
    // The group, and then each of its claims: one success does not put the others together again.
    expect(sizes).toEqual([4, 1, 1, 1, 1]);
    const before = harness.calls.write;
    await harness.settle(Promise.all(claimsOn([21, 22, 23]).map((claim) => commits.claim('s', claim))));
    await harness.settle(Promise.all(claimsOn([31, 32, 33]).map((claim) => commits.claim('s', claim))));
    expect(harness.calls.write - before).toBe(2);
  });
});

describe('a verdict is based on a read that began after its claim arrived', () => {
  const statesOf = async (harness: CommitHarness, id: number): Promise<readonly string[]> => {
    const [stored] = await harness.settle(harness.blocks.read([{ stream: 's', index: 0 }]));
    return stored!.block.cells[id]!.map(({ state }) => state);
  };

  /** Another instance, whose read of the block is under way, and answers when it is told to. */
  async function readingInstance(harness: CommitHarness) {
    const answers: (() => void)[] = [];
    const isHeld = { value: true };
    const commits = harness.instance(
      (store) => ({
        ...store,
        read: async (refs) => {
          const answer = await store.read(refs);
          if (isHeld.value) await new Promise<void>((resolve) => answers.push(resolve));
          return answer;
        },
      }),
      2,
    );
    const other = commits.claim('s', aClaim({ eventId: 7, key: '7/0', root: 'events/7', kind: 'refusal' }));
    while (answers.length === 0) await turn();
    const answerRead = (): void => {
      isHeld.value = false;
      for (const answer of answers) answer();
    };
    return { commits, other, answerRead };
  }

  it('closes a suspect event whose refusal arrives while a read from before the event is under way', async () => {
    const harness = new CommitHarness();
    const { commits, other, answerRead } = await readingInstance(harness);
    expect(await harness.settle(harness.instance().claim('s', aClaim({ toBeChecked: true })))).toEqual(verify);
    const refusal = commits.claim('s', aClaim({ kind: 'refusal' }));
    answerRead();
    expect(await harness.settle(Promise.all([other, refusal]))).toEqual([deadLetter, deadLetter]);
    expect(await statesOf(harness, 6)).toEqual(['closed']);
  });

  it('publishes a verified event whose answer arrives while a read from before its replay is under way', async () => {
    const harness = new CommitHarness();
    const first = harness.instance();
    await harness.settle(first.claim('s', aClaim({ toBeChecked: true })));
    await harness.settle(first.claim('s', aClaim({ kind: 'refusal' })));
    const { commits, other, answerRead } = await readingInstance(harness);
    const replay = aClaim({ toBeChecked: true, origin: 'replayed' });
    expect(await harness.settle(harness.instance().claim('s', replay))).toEqual(verify);
    const verified = commits.claim('s', aClaim({ origin: 'verified' }));
    answerRead();
    expect(await harness.settle(Promise.all([other, verified]))).toEqual([deadLetter, toPublish]);
    expect(await statesOf(harness, 6)).toEqual(['clean']);
  });

  it('reads once more for the claims that arrived during a read, however many keep arriving', async () => {
    const harness = new CommitHarness();
    await harness.settle(harness.instance().claim('s', aClaim()));
    const commits = harness.instance(harness.withLatency({ read: 20, write: 20 }), 2);
    const before = harness.calls.read;
    const verdicts = range(0, 50).map(async (i) => {
      await harness.advance(10 * i);
      return commits.claim('s', aClaim({ root: `events/copy-${i}` }));
    });
    expect(await harness.settle(Promise.all(verdicts))).toEqual(range(0, 50).map(() => duplicate));
    expect(harness.calls.read - before).toBeLessThanOrEqual(27);
  });
});

describe('a block above all that an instance has written', () => {
  const inBlock = (index: number, by = 'events') => claimsOn([256 * index], by)[0]!;

  it('is taken for a new one, and is not read', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance();
    for (const index of [3, 4, 7]) {
      expect(await harness.settle(commits.claim('s', inBlock(index)))).toEqual(toPublish);
    }
    expect(harness.calls).toEqual({ read: 1, write: 3, blocksWritten: 3 });
  });

  it('is read if it is below another block, or if the instance knows no block of the stream', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance();
    for (const [stream, index] of [['s', 3] as const, ['s', 2] as const, ['other', 9] as const])
      await harness.settle(commits.claim(stream, inBlock(index)));
    expect(harness.calls.read).toBe(3);
  });

  it('is read after all if another instance has written it, and its claims are judged by what it holds', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance();
    await harness.settle(commits.claim('s', inBlock(0)));
    await harness.settle(harness.instance().claim('s', inBlock(1)));
    expect(await harness.settle(commits.claim('s', inBlock(1, 'copy')))).toEqual(duplicate);
    const [stored] = await harness.settle(harness.blocks.read([{ stream: 's', index: 1 }]));
    expect(stored?.block.cells[0]?.map(({ state }) => state)).toEqual(['clean']);
    // From then on the instance reads every block, since another one writes the stream.
    const before = harness.calls.read;
    expect(await harness.settle(commits.claim('s', inBlock(2)))).toEqual(toPublish);
    expect(harness.calls.read).toBe(before + 1);
  });
});

describe('the deadline of a delivery', () => {
  it('removes its claim from the queue, since the message is delivered again', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance(harness.withLatency({ read: 10, write: 500 }));
    const first = commits.claim('s', aClaim({ eventId: 0, root: 'events/0', key: '0/0' }));
    await harness.advance(100);
    const late = commits.claim('s', aClaim({ eventId: 1, root: 'events/1', key: '1/0' }), harness.clock.now() + 300);
    const inTime = commits.claim(
      's',
      aClaim({ eventId: 2, root: 'events/2', key: '2/0' }),
      harness.clock.now() + 5_000,
    );
    expect(await harness.settle(Promise.allSettled([first, late, inTime]))).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: expect.any(RetryableError) as unknown },
      { status: 'fulfilled' },
    ]);
    const [stored] = await harness.settle(harness.blocks.read([{ stream: 's', index: 0 }]));
    expect(stored!.block.cells.slice(0, 3).map((cell) => cell.length)).toEqual([1, 0, 1]);
  });
});

describe('the memory of an instance', () => {
  it('keeps the blocks and the streams that were used last, and no more than its bounds', async () => {
    const harness = new CommitHarness();
    const commits = harness.instance();
    for (let at = 0; at < 5_000; at += 500) {
      const claims = range(at, 500).map((i) => commits.claim(`stream-${i}`, aClaim()));
      await harness.settle(Promise.all(claims));
    }
    expect(commits.known).toEqual({ blocks: 4_096, streams: 4_096 });
    const before = harness.calls.read;
    await harness.settle(commits.claim('stream-4999', aClaim({ eventId: 7, root: 'events/7', key: '7/0' })));
    expect(harness.calls.read).toBe(before);
    await harness.settle(commits.claim('stream-0', aClaim({ eventId: 7, root: 'events/7', key: '7/0' })));
    expect(harness.calls.read).toBe(before + 1);
  });
});
