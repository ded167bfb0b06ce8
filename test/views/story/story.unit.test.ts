import { loadFacts } from '../../../shared/views/story/facts.ts';
import { describeId } from '../../../shared/views/story/story.ts';
import { letterId } from '../../../shared/dead-letter/arrived-letter.ts';
import type { StreamSettings } from '../../../shared/stream-settings.ts';
import type { Gap } from '../../../shared/gaps/gap.ts';
import { gapRoot } from '../../../shared/gaps/unrecoverable.ts';
import { aLetter } from '../../console/builders.ts';
import { Audited } from '../../support/audited.ts';
import { aFront, aGap, anEntry, aPiece, cellsOf, dayMs, fileGaps, hold, noon } from '../../support/builders.ts';
import { anEventAt, noWaitSettings, Pipeline } from '../../support/pipeline.ts';

async function told(pipeline: Pipeline, eventId: number): Promise<string> {
  return describeId(await loadFacts(pipeline.runtime, 'default', eventId)).join('\n');
}

const swept = async (...ids: readonly number[]): Promise<Pipeline> => {
  const pipeline = new Pipeline();
  await pipeline.sendIds(...ids);
  await pipeline.runtime.sweepUntilQuiet();
  return pipeline;
};

describe('the story of an id', () => {
  it('tells where it is kept, until when, and the key under which it was published', async () => {
    const pipeline = await swept(300);
    const text = await told(pipeline, 300);
    expect(text).toContain('default 300: clean');
    expect(text).toContain('place 44 of block 1: 1 entry, remembered until 2026-01-15T');
    expect(text).toContain(`key default/300/${Date.UTC(2025, 1, 9, 5)} · published`);
    expect(text).toContain('ledger   never found missing');
  });

  it('tells that it was missing, asked for, inferred, and that its original came after all', async () => {
    const pipeline = await swept(1, 2, 4);
    expect(await told(pipeline, 3)).toContain('default 3: inferred');
    await pipeline.sendIds(3);
    const text = await told(pipeline, 3);
    expect(text).toContain('default 3: clean, in place of an event that was published before');
    expect(text).toContain('supersedes the inferred event');
    expect(text).toMatch(/ledger {3}3 found missing at 2026-01-01T\S+; superseded at \S+: the event, in place of an/);
    expect(text).toMatch(/producer asked to resend at 2026-01-01T\S+, with the deadline 2026-01-01T/);
    expect(text).toContain('inference requested at 2026-01-01T');
  });

  it('tells of every event that the id holds, and of the letters about it', async () => {
    const pipeline = await swept(1);
    await pipeline.send(anEventAt(1), anEventAt(1, { uuid: 'u-1', data: 2 }), anEventAt(1, { timestamp: 'never' }));
    const text = await told(pipeline, 1);
    expect(text).toMatch(/: 2 entries/);
    expect(text).toContain('entry 2  clean · CRM_Sync · 2025-02-09T00:01:00.000Z · key: its uuid');
    expect(text).toMatch(/letter {3}ERR_DUPLICATE at track, 2026-01-01T\S+: same key and content · open · [\w-]+/);
    expect(text).toContain('ERR_INVALID_EVENT at validate');
  });

  it('tells how often a letter came, where its replay failed again', async () => {
    const pipeline = await swept(1);
    await pipeline.send(anEventAt(1, { data: 2 }));
    await pipeline.replayAll();
    expect(await told(pipeline, 1)).toContain('open, came 2 times');
  });

  it('tells of a gap that was given up, with the letter about it', async () => {
    const pipeline = new Pipeline({ catalog: { streams: { default: { ...noWaitSettings, minConfidence: 1 } } } });
    await pipeline.sendIds(1, 4);
    await pipeline.runtime.sweepUntilQuiet();
    const text = await told(pipeline, 3);
    expect(text).toContain('default 3: missing, and given up');
    expect(text).toContain('2–3 found missing');
    expect(text).toMatch(/letter {3}ERR_GAP_UNRECOVERABLE at sweep, \S+: .*2–3/);
  });

  it('tells of a void', async () => {
    const pipeline = await swept(1, 3);
    await pipeline.sendWith({ void: 'true' }, { stream: 'default', from: 4, to: 4 });
    const text = await told(pipeline, 4);
    expect(text).toContain('default 4: void');
    expect(text).not.toContain('uuid');
  });

  it('tells of an id that did not come why it is not called missing', async () => {
    const pipeline = new Pipeline({ catalog: { streams: { default: { ...noWaitSettings, graceMs: 120_000 } } } });
    expect(await told(pipeline, 7)).toContain('default 7: not seen');
    await pipeline.sendIds(10, 12);
    expect(await told(pipeline, 11)).toContain('not seen, and holes have not been looked for yet');
    for (let ticks = 0; ticks < 4; ticks++) await pipeline.runtime.sweep();
    await pipeline.sendIds(15);
    await pipeline.runtime.sweep();
    expect(await told(pipeline, 7)).toContain('not seen, and not missing: it is in no front');
    expect(await told(pipeline, 7)).toContain('place    below the first front, 10–15');
    expect(await told(pipeline, 14)).toContain('missing if it does not come within its grace');
    expect(await told(pipeline, 16)).toContain('place    above the last front, 10–15');
    expect(await told(pipeline, 600)).toContain('block 2, which is not stored');
  });
});

describe('the story of an id that fronts explain', () => {
  const stores = async (rows: readonly Gap[] = []): Promise<Audited> => {
    const audited = new Audited({ start: 3 });
    await hold(audited.blocks, 'orders', cellsOf([1, 10, 20, 900, 5_000, 5_009]));
    await audited.progress({
      pieces: [
        aPiece({ from: 10, to: 20 }),
        aPiece({ from: 900, to: 900 }),
        ...aFront({ first: 5_000, last: 5_009, scanned: 5_005 }),
      ],
      forgotten: [{ from: 4, to: 6 }],
    });
    await fileGaps(audited.stores.ledger, rows);
    return audited;
  };
  const storyOf = async (audited: Audited, eventId: number): Promise<string> =>
    describeId(await loadFacts(audited.stores, 'orders', eventId)).join('\n');

  it.each([
    [900, 'orders 900: clean', 'in no front: an outlier, from which nothing is concluded'],
    [1, 'orders 1: clean', 'below 3, with which the stream begins'],
    [5, 'orders 5: not known: it did not come, or is forgotten', 'not known any more'],
    [10, 'orders 10: clean', 'in the front 10–20, which grew last at 2025-02-09T12:00:00.000Z'],
    [11, 'orders 11: not seen, and in no gap', 'in the front 10–20'],
    [5_007, 'orders 5007: not seen; missing if it does not come within its grace', 'in the front 5000–5009'],
    [2_000, 'orders 2000: not seen, and not missing: it is in no front', 'between the fronts 10–20 and 5000–5009'],
    [8_000, 'orders 8000: not seen, and not missing', 'above the last front, 5000–5009'],
  ])('tells where %d lies', async (id, state, place) => {
    const text = await storyOf(await stores(), id);
    expect(text).toContain(state);
    expect(text).toContain(`  place    ${place}`);
  });

  it('tells of a piece that is a window old that it may be forgotten', async () => {
    const audited = await stores();
    audited.nowMs = noon + 14 * dayMs;
    expect(await storyOf(audited, 11)).toContain('orders 11: not known: it did not come, or is forgotten');
  });

  it('tells of each gap around it, the one that says most first, and finds the letter that lists it', async () => {
    const listed = { state: 'abandoned', letterFrom: 12, letterFoundAtMs: noon } as const;
    const audited = await stores([
      aGap({ from: 21, to: 4_999, why: 'between two fronts of the stream', ...listed }),
      aGap({ from: 12, to: 13, why: 'too-uncertain', resolvedAtMs: noon, ...listed }),
      aGap({ from: 13, to: 14, state: 'requested', why: 'too-uncertain' }),
      aGap({ from: 16, to: 17, state: 'voided', assumed: true, resolvedAtMs: noon }),
    ]);
    const failure = { code: 'ERR_GAP_UNRECOVERABLE', stage: 'sweep', detail: 'too-uncertain: 12–13' } as const;
    const root = gapRoot('orders', { from: 12, foundAtMs: noon });
    const id = letterId(root);
    await audited.stores.letters.save(aLetter({ id, root, failure, eventId: undefined }), undefined);
    const text = await storyOf(audited, 13);
    expect(text).toContain('orders 13: missing\n');
    expect(text).toMatch(
      /ledger {3}13–14 found .*; requested, to be given up: too uncertain to be inferred\n {2}ledger {3}12–13 found/,
    );
    expect(text).toContain('given up: too uncertain to be inferred; a dead letter lists it');
    expect(text).toContain('letter   ERR_GAP_UNRECOVERABLE at sweep');
    const between = await storyOf(audited, 2_000);
    expect(between).toContain('orders 2000: missing, and given up');
    expect(between).toContain('letter   ERR_GAP_UNRECOVERABLE at sweep');
    expect(await storyOf(audited, 16)).toContain('orders 16: not seen; taken for void, because holes are normal');
  });
});

describe('the story of an id whose gap does not look like a loss', () => {
  const storyIn = async (gap: Partial<Gap>, eventId = 7, settings: Partial<StreamSettings> = {}) => {
    const audited = new Audited(settings);
    await hold(audited.blocks, 'orders', cellsOf([2, 4, 6, 8, 10, 12]));
    await audited.progress({ pieces: aFront({ first: 2, last: 12 }) });
    await fileGaps(audited.stores.ledger, [aGap({ from: 3, to: 11, state: 'requested', ...gap })]);
    return describeId(await loadFacts(audited.stores, 'orders', eventId)).join('\n');
  };

  it('tells so before the gap is given up, and what the numbers look like', async () => {
    const text = await storyIn({});
    expect(text).toContain('orders 7: missing, or never used: its gap is doubtful\n');
    expect(text).toMatch(/ledger {3}3–11 found .*; requested, doubtful: the numbers around have holes: 5 of 5 /);
    expect(text).toContain('do ids grow by 2?');
  });

  it('tells so after it was given up', async () => {
    const why = 'the numbers around have holes: 5 of 5 neighbouring events have a hole between them';
    const text = await storyIn({ state: 'abandoned', why, resolvedAtMs: noon });
    expect(text).toContain('orders 7: missing, or never used, and given up\n');
  });

  it('tells of an id off the step that the stream does not count it', async () => {
    const step = { numbering: { step: 2 } } as const;
    const text = await storyIn({ from: 30, to: 30 }, 7, step);
    expect(text).toContain('orders 7: not seen, and not expected\n');
    expect(text).toContain('in the front 2–12, which grew last at 2025-02-09T12:00:00.000Z; the ids of the stream');
    expect(text).toContain('the ids of the stream grow by 2, and this is none of them');
    expect(await storyIn({ from: 30, to: 30 }, 8, step)).not.toContain('none of them');
  });
});

describe('the story of an id in a gap of which only some ids were inferred', () => {
  it('tells what became of this id, and of how many others', async () => {
    const audited = new Audited();
    await hold(audited.blocks, 'orders', cellsOf([1, 2, 5, 6]));
    await hold(audited.blocks, 'orders', cellsOf([3], [anEntry({ state: 'reconstructed' })]));
    await audited.progress({ pieces: aFront({ first: 1, last: 6 }) });
    const ended = { method: 'context', inferred: 1, missing: 1, why: 'too-uncertain', resolvedAtMs: noon } as const;
    await fileGaps(audited.stores.ledger, [aGap({ from: 3, to: 4, state: 'abandoned', ...ended })]);
    const storyOf = async (id: number) => describeId(await loadFacts(audited.stores, 'orders', id)).join('\n');
    const ledger =
      /3–4 found .*; abandoned, reconstructed at \S+: 1 inferred, by context, and 1 given up: too uncertain/;
    expect(await storyOf(3)).toContain('orders 3: inferred\n');
    expect(await storyOf(3)).toMatch(ledger);
    expect(await storyOf(4)).toContain('orders 4: missing, and given up\n');
    expect(await storyOf(4)).toMatch(ledger);
  });

  it('does not call an id missing whose gap was filled, but says that its entry is gone', async () => {
    const audited = new Audited();
    await hold(audited.blocks, 'orders', cellsOf([1, 2, 4]));
    await audited.progress({ pieces: aFront({ first: 1, last: 4 }) });
    await fileGaps(audited.stores.ledger, [aGap({ from: 3, to: 3, state: 'filled', resolvedAtMs: noon })]);
    const text = describeId(await loadFacts(audited.stores, 'orders', 3)).join('\n');
    expect(text).toContain('orders 3: not stored, although the ledger says that its gap is filled;');
  });
});
