import { randomUUID } from 'node:crypto';
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import { reasonKeyOf } from '../../shared/dead-letter/dead-letter.ts';
import type { LetterFilter } from '../../shared/dead-letter/letter-filter.ts';
import type { AuditTrail, LetterIndex } from '../../shared/letter-ports.ts';
import type { DeadLetterStore } from '../../shared/ports.ts';
import { discardedStanding, filedWith } from '../support/letters.ts';

interface SearchedStores {
  readonly letters: DeadLetterStore;
  readonly search: LetterIndex;
  readonly audit: AuditTrail;
}

/** Tests how letters are searched and counted, and how their changes are followed. */
export function describeLetterSearch(name: string, makeStores: () => Promise<SearchedStores>): void {
  describe(`${name} searches dead letters`, () => {
    let [letters, search, audit] = [] as unknown as [DeadLetterStore, LetterIndex, AuditTrail];
    /** No other test has letters of this stream. */
    const stream = `stream-${randomUUID()}`;
    /** In the order in which they are filed. */
    let filed: readonly DeadLetter[];
    let before: string;

    beforeAll(async () => {
      ({ letters, search, audit } = await makeStores());
      before = await audit.latest();
      filed = fourLetters(stream);
      for (const letter of filed) await letters.save(letter, undefined);
      const third = (await letters.find(filed[2]!.id))!;
      const history = [...third.value.history, { atMs: 1, by: 'ana', did: 'discarded', replay: 0 } as const];
      await letters.save({ ...third.value, revision: 2, standing: discardedStanding, history }, third.version);
    });

    const numbersOf = async (filter: LetterFilter, limit = 10, after?: string) =>
      (await search.find({ stream, ...filter }, limit, after))?.map(({ head }) => head.eventId);

    it('finds those that were opened last first', async () => {
      expect(await numbersOf({})).toEqual([4, 3, 2, 1]);
    });

    it.each<[LetterFilter, readonly number[]]>([
      [{ state: 'open' }, [4, 2, 1]],
      [{ state: 'discarded' }, [3]],
      [{ code: 'ERR_STALE' }, [4, 2]],
      [{ code: 'ERR_STALE', stage: 'track', type: 'Paid' }, [2]],
      [{ stage: 'validate' }, [3, 1]],
      [{ source: 'hub', state: 'open' }, [2]],
      [{ source: 'events' }, [4, 3, 1]],
      [{ reason: reasonKeyOf({ code: 'ERR_STALE', stage: 'track', detail: 'late by 99 min' }) }, [4, 2]],
      [{ id: 3 }, [3]],
      [{ code: 'ERR_CONFLICT' }, []],
    ])('finds and counts those that %j allows', async (filter, expected) => {
      expect(await numbersOf(filter)).toEqual(expected);
      expect(await search.count({ stream, ...filter })).toBe(expected.length);
    });

    it('finds those that were opened in a time, the first instant included', async () => {
      const [, second, third] = (await search.find({ stream }, 10))!.map(({ head }) => head.filedAtMs).toReversed();
      expect(await numbersOf({ fromMs: second!, toMs: third! })).toEqual([2]);
      expect(await numbersOf({ fromMs: third! })).toEqual([4, 3]);
    });

    it('goes on behind a position, and neither leaves one out nor repeats one', async () => {
      const first = await search.find({ stream }, 3);
      expect(first?.map(({ head }) => head.eventId)).toEqual([4, 3, 2]);
      expect(await numbersOf({}, 3, first?.[2]?.position)).toEqual([1]);
      expect(await numbersOf({}, 3, first?.[0]?.position)).toEqual([3, 2, 1]);
    });

    it('finds those that were opened first first, page by page', async () => {
      const first = await search.find({ stream, state: 'open' }, 2, undefined, 'oldest');
      expect(first?.map(({ head }) => head.eventId)).toEqual([1, 2]);
      const second = await search.find({ stream, state: 'open' }, 2, first?.[1]?.position, 'oldest');
      expect(second?.map(({ head }) => head.eventId)).toEqual([4]);
    });

    it('knows a text that is no position', async () => {
      expect(await search.find({}, 1, 'yesterday')).toBeUndefined();
      expect(await audit.since('yesterday', 1)).toBeUndefined();
    });

    it('stops counting where it is told to', async () => {
      expect(await search.count({ stream }, 3)).toBe(3);
    });

    it('finds the letter of a state that was opened first', async () => {
      const oldest = await search.oldest('discarded');
      expect(oldest?.standing.state).toBe('discarded');
      const found = await search.find({ state: 'discarded', toMs: oldest!.filedAtMs }, 1);
      expect(found).toEqual([]);
    });

    it('lists a reason once, however many letters have it', async () => {
      const reason = reasonKeyOf({ code: 'ERR_STALE', stage: 'track', detail: 'late by 1 min' });
      expect(reason).toMatch(/^[0-9a-f]{24}$/);
      const listed = (await search.reasons('ERR_STALE', 500)).filter((one) => one.reason === reason);
      expect(listed).toEqual([{ reason, text: expect.stringMatching(/^late by \d+ min$/) as unknown }]);
    });

    it('keeps an audit trail of the changes, in their order, and of what is noted besides', async () => {
      const note = { letter: filed[0]!.id, by: 'ana@example.com', did: 'viewed the original', atMs: 1 } as const;
      await audit.note(note);
      const ours = async (position: string) =>
        ((await audit.since(position, 500)) ?? []).filter(({ entry }) => filed.some(({ id }) => id === entry.letter));
      const entries = await ours(before);
      expect(entries.map(({ entry }) => [entry.letter, entry.by, entry.did])).toEqual([
        ...filed.map(({ id }) => [id, 'archive', 'filed']),
        [filed[2]!.id, 'ana', 'discarded'],
        [note.letter, note.by, note.did],
      ]);
      expect(entries[0]?.entry).toMatchObject({ state: 'open', revision: 1, replay: 0, note: 'ERR_INVALID_EVENT' });
      expect(await ours(entries[3]!.position)).toEqual(entries.slice(4));
      expect(await audit.since(await audit.latest(), 10)).toEqual([]);
    });
  });
}

/** Four letters of a stream: two with one reason, and one of another source. */
function fourLetters(stream: string): readonly DeadLetter[] {
  const [invalid, late] = [
    { code: 'ERR_INVALID_EVENT', stage: 'validate', detail: 'type: missing' } as const,
    { code: 'ERR_STALE', stage: 'track', detail: 'late by 7 min' } as const,
  ];
  const all: readonly Partial<DeadLetter>[] = [
    { failure: invalid },
    { failure: late, type: 'Paid', source: 'hub' },
    { failure: invalid },
    { failure: { ...late, detail: 'late by 12 min' }, type: 'Sent' },
  ];
  return all.map((own, i) => {
    const letter = { ...filedWith({ 'eventmend-id': String(i + 1), stream }, { messageId: randomUUID() }), ...own };
    const { failure } = letter;
    const history = letter.history.map((entry) => ({ ...entry, note: failure.code }));
    return { ...letter, reason: reasonKeyOf(failure), filedAtMs: letter.filedAtMs + i, history };
  });
}
