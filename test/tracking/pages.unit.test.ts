import type { StoredBlock } from '../../shared/ports.ts';
import { digest } from '../../shared/digest.ts';
import { emptyBlock, maxFurther, type Cell } from '../../shared/tracking/block.ts';
import type { Claim, Verdict } from '../../shared/tracking/claim.ts';
import type { GroupCommit } from '../../shared/tracking/group-commit.ts';
import { digitOf } from '../../shared/tracking/pages.ts';
import { placeOfKey } from '../../shared/place.ts';
import { aClaim } from '../support/claims.ts';
import { CommitHarness } from '../support/commits.ts';
import { anEntry, noon } from '../support/builders.ts';
import { storeFullBucket } from '../support/full-bucket.ts';

const windowMs = 1_000_000;

/** The claim of the n-th event of id 6. Each has a key of its own. */
const ofOneId = (n: number): Claim => aClaim({ root: `events/${n}`, key: `6/${n}` });
/** The claim of the n-th event of noon in an unnumbered stream. */
const ofOneInstant = (n: number): Claim => {
  const place = placeOfKey(`u-${n}`, noon, 1_000);
  return aClaim({ root: `events/${n}`, key: `u-${n}`, eventId: place, place });
};

const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

/** Entries of id 6, each of another event. */
const manyEntries = (count: number) =>
  many(count, (n) => anEntry({ root: digest(`before/${n}`), key: digest(`before/${n}`) }));

/** A store with a block in which id 6 has some entries. */
async function harnessWith(cell: Cell, expireAtMs = windowMs): Promise<CommitHarness> {
  const harness = new CommitHarness();
  harness.windowsMs.set('s', windowMs);
  const block = { ...emptyBlock(0), cells: emptyBlock(0).cells.with(6, cell) };
  const ref = { stream: 's', index: 0 };
  await harness.settle(harness.blocks.write([{ ref, block, expected: undefined, expireAtMs, writtenAtMs: 0 }]));
  return harness;
}

/** Claims events, ten thousand at a time, and marks what is published. @returns How often each verdict came. */
async function claimAll(harness: CommitHarness, commits: GroupCommit, claims: readonly Claim[]) {
  const acts: Record<string, number> = {};
  const claimOne = async (claim: Claim): Promise<void> => {
    const verdict: Verdict = await commits.claim('s', claim);
    acts[verdict.act] = (acts[verdict.act] ?? 0) + 1;
    const { eventId, place, root } = claim;
    if (verdict.act === 'publish') commits.mark('s', { eventId, place, root, page: verdict.page, as: 'published' });
  };
  for (let from = 0; from < claims.length; from += 10_000)
    await harness.settle(Promise.all(claims.slice(from, from + 10_000).map(claimOne)));
  await harness.settle(commits.flush());
  return acts;
}

const copies = (claims: readonly Claim[]) =>
  claims.map((claim, n) => ({ ...claim, root: aClaim({ root: `copies/${n}` }).root }));

describe('no sound event is refused for want of room:', () => {
  test.each([
    ['5,000 events of an unnumbered stream with one timestamp', 5_000, ofOneInstant],
    ['100,000 events of an unnumbered stream with one timestamp', 100_000, ofOneInstant],
  ])('%s are each published once, and marked', async (_, count, claim) => {
    const harness = new CommitHarness();
    const commits = harness.instance();
    const claims = many(count, claim);
    expect(await claimAll(harness, commits, claims)).toEqual({ publish: count });
    expect(await harness.settle(harness.blocks.unsettled('s', 99))).toEqual([]);
    // Another instance, which knows nothing yet, recognises copies on every page.
    const later = claims.filter((__, n) => n % 97 === 0);
    expect(await claimAll(harness, harness.instance(), copies(later))).toEqual({ duplicate: later.length });
    expect(await claimAll(harness, harness.instance(), later)).toEqual({ drop: later.length });
  });

  test('events of one id go on to pages when their block is full', async () => {
    const harness = await harnessWith(manyEntries(maxFurther - 100));
    const commits = harness.instance();
    const claims = many(300, ofOneId);
    expect(await claimAll(harness, commits, claims)).toEqual({ publish: 300 });
    expect(await harness.settle(harness.blocks.unsettled('s', 99))).toEqual([]);
    expect(await claimAll(harness, harness.instance(), copies(claims))).toEqual({ duplicate: 300 });
  });

  test('an id that is seen first in a full block still has room in the block', async () => {
    const full = await harnessWith(manyEntries(maxFurther + 1));
    const commits = full.instance();
    const first = commits.claim('s', aClaim({ eventId: 7, key: '7/0', root: 'events/a' }));
    expect(await full.settle(first)).toMatchObject({ act: 'publish', page: '' });
    const further = commits.claim('s', aClaim({ key: 'another', root: 'events/b' }));
    expect(await full.settle(further)).toMatchObject({
      act: 'publish',
      isRevision: true,
      page: expect.stringMatching(/^[0-9a-f]$/) as string,
    });
  });

  test('an event on a page supersedes the inference of its id', async () => {
    const [first, ...others] = manyEntries(maxFurther + 1);
    const harness = await harnessWith([{ ...first!, supersedes: true }, ...others]);
    const onPage = harness.instance().claim('s', aClaim({ root: 'events/b', key: 'another' }));
    expect(await harness.settle(onPage)).toMatchObject({ act: 'publish', supersedes: true });
  });
});

describe('a block never expires before its pages:', () => {
  const stored = async (harness: CommitHarness, page?: string): Promise<StoredBlock> =>
    (await harness.settle(harness.blocks.read([{ stream: 's', index: 0, ...(page && { page }) }])))[0]!;

  async function claimWhenExpiryIsAt(expireAtMs: number) {
    const harness = await harnessWith(manyEntries(maxFurther + 1), expireAtMs);
    const verdict = await harness.settle(harness.instance().claim('s', aClaim({ key: 'another', root: 'events/b' })));
    const { page } = verdict as Verdict & { act: 'publish' };
    return { block: (await stored(harness)).expireAtMs, page: (await stored(harness, page)).expireAtMs };
  }

  test('a full block that expires soon is renewed for two windows before its page is written', async () => {
    expect(await claimWhenExpiryIsAt(windowMs)).toEqual({ block: 2 * windowMs, page: windowMs });
  });

  test('a full block that expires late is left as it is', async () => {
    const late = 1.8 * windowMs;
    expect(await claimWhenExpiryIsAt(late)).toEqual({ block: late, page: windowMs });
  });

  test('a block that becomes full is stored for two windows', async () => {
    const harness = await harnessWith(manyEntries(maxFurther));
    const commits = harness.instance();
    expect((await stored(harness)).expireAtMs).toBeLessThan(harness.clock.now() + windowMs + 1);
    await claimAll(harness, commits, [ofOneId(0)]);
    expect((await stored(harness)).expireAtMs).toBeGreaterThan(harness.clock.now() + 1.9 * windowMs);
  });
});

describe('while the keys of a stream are being changed, a full block leads the two keys of an event to different pages:', () => {
  /** An event as a deployment reads it that knows both keys. */
  type Reading = (n: number, root: string, keys: { readonly key: string; readonly other: string }) => Claim;
  const numbered: Reading = (n, root, { key, other }) =>
    aClaim({ root, key: `${key}-${n}`, formerly: { key: `${other}-${n}`, content: 'a' } });
  const unnumbered: Reading = (n, root, keys) => {
    const place = placeOfKey(`${keys.key}-${n}`, noon, 1_000);
    return { ...numbered(n, root, keys), eventId: place, place };
  };
  const before = { key: 'old', other: 'new' };
  const after = { key: 'new', other: 'old' };
  const fullBlock = () => harnessWith(manyEntries(maxFurther + 1));
  const fullBucket = async (): Promise<CommitHarness> => {
    const harness = new CommitHarness();
    await harness.settle(storeFullBucket(harness.blocks, 's', { instantMs: noon, nowMs: 0 }));
    return harness;
  };

  test.each([
    ['a numbered stream', fullBlock, numbered],
    ['an unnumbered stream', fullBucket, unnumbered],
  ])('a copy of an event of %s is found, and the event stays under its key', async (_, make, reading) => {
    const harness = await make();
    const claims = (prefix: string, keys: typeof before) => many(8, (n) => reading(n, `${prefix}/${n}`, keys));
    const acts = async (all: readonly Claim[]) => {
      const commits = harness.instance();
      return harness.settle(Promise.all(all.map((claim) => commits.claim('s', claim))));
    };
    for (const verdict of await acts(claims('events', before)))
      expect(verdict).toMatchObject({ act: 'publish', isFormer: false, page: expect.stringMatching(/./) as string });
    for (const verdict of await acts(claims('copies', after))) expect(verdict).toEqual({ act: 'duplicate' });
    for (const verdict of await acts(claims('events', after)))
      expect(verdict).toMatchObject({ act: 'publish', isFormer: true });
    const further = many(8, (n) => reading(100 + n, `further/${n}`, after));
    for (const verdict of await acts(further)) expect(verdict).toMatchObject({ act: 'publish', isFormer: false });
    for (const verdict of await acts(many(8, (n) => reading(100 + n, `late/${n}`, before))))
      expect(verdict).toEqual({ act: 'duplicate' });
  });
});

test('no block leads on to pages without end, whatever a store answers', () => {
  const key = digest('a key');
  const digits = many(22, (level) => digitOf(key, level));
  expect(digits.join('')).toMatch(/^[0-9a-f]{22}$/);
  expect(() => digitOf(key, 22)).toThrow('the pages of a block go on after 22 levels');
});
