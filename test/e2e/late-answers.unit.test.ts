import { idsFrom, minuteMs } from '../support/builders.ts';
import { anEventAt, noWaitSettings, Pipeline, withoutDoubt } from '../support/pipeline.ts';
import { noRecords, typeWithNote } from '../support/records.ts';

/** Settings by which the four missing ids count as losses. */
const settings = { ...noWaitSettings, ...withoutDoubt } as const;

/** A stream whose ids 3 to 6 nobody sent by their deadline. */
async function withMissing(options: ConstructorParameters<typeof Pipeline>[0] = {}): Promise<Pipeline> {
  const pipeline = new Pipeline({ catalog: { streams: { default: settings } }, ...options });
  await pipeline.sendIds(1, 2, 7, 8);
  await pipeline.runtime.sweepUntilQuiet();
  return pipeline;
}

function lateAnswersOf({ runtime }: Pipeline) {
  return runtime.ledger.lateAnswers('default');
}

/** A catalog that infers nothing, since no confidence is high enough. */
const inferringNothing = { streams: { default: { ...settings, minConfidence: 1 } } } as const;

describe('the answers that come after a deadline', () => {
  it('are none at first', async () => {
    expect(await lateAnswersOf(await withMissing())).toEqual({ originals: 0, voids: 0 });
  });

  it('are counted for inferred ids: the events as originals, and the voids, though they are conflicts', async () => {
    const pipeline = await withMissing();
    await pipeline.sendIds(3, 4);
    await pipeline.sendWith({ void: 'true' }, { from: 5, to: 5 });
    expect(pipeline.codes).toEqual(['ERR_CONFLICT']);
    expect(await lateAnswersOf(pipeline)).toEqual({ originals: 2, voids: 1 });
  });

  it('are counted once when they are repeated', async () => {
    const pipeline = await withMissing();
    for (let times = 0; times < 2; times++) {
      await pipeline.sendWith({ 'possible-duplicate': 'true' }, anEventAt(3));
      await pipeline.sendWith({ void: 'true' }, { from: 5, to: 6 });
    }
    expect(await lateAnswersOf(pipeline)).toEqual({ originals: 1, voids: 2 });
  });

  it('are counted for ids that were given up', async () => {
    const pipeline = await withMissing({ catalog: inferringNothing });
    expect(pipeline.codes).toEqual(['ERR_GAP_UNRECOVERABLE']);
    await pipeline.sendIds(3);
    await pipeline.sendWith({ void: 'true' }, { from: 4, to: 6 });
    expect(await lateAnswersOf(pipeline)).toEqual({ originals: 1, voids: 3 });
  });

  it.each([
    ['inferred', undefined],
    ['given up', inferringNothing],
  ])('include refusals, after the id was %s', async (_, catalog) => {
    const pipeline = await withMissing({
      catalog: {
        streams: catalog?.streams ?? { default: settings },
        types: { CRM_Sync: { ...typeWithNote, consult: 'always', inferable: true } },
      },
      systems: new Map([['hubspot', noRecords]]),
    });
    await pipeline.sendIds(3);
    expect(await lateAnswersOf(pipeline)).toEqual({ originals: 0, voids: 1 });
  });

  it('are not those that came in time', async () => {
    const catalog = { streams: { default: { ...settings, resendTimeoutMs: 5 * minuteMs } } };
    const pipeline = new Pipeline({ catalog });
    await pipeline.sendIds(1, 2, 7, 8);
    await pipeline.runtime.sweep();
    await pipeline.sendIds(3);
    await pipeline.sendWith({ void: 'true' }, { from: 4, to: 4 });
    pipeline.runtime.clock.advance(6 * minuteMs);
    await pipeline.runtime.sweepUntilQuiet();
    expect(await lateAnswersOf(pipeline)).toEqual({ originals: 0, voids: 0 });
    await pipeline.sendIds(5);
    expect(await lateAnswersOf(pipeline)).toEqual({ originals: 1, voids: 0 });
  });
});

describe('the answers about a gap that doubtful holes share', () => {
  const numbers = idsFrom(0, 20).map((i) => 2 * i + 1);

  /** A stream of odd ids, whose even ones were asked for and given up, with one letter. */
  async function withOddIds(options: ConstructorParameters<typeof Pipeline>[0] = {}): Promise<Pipeline> {
    const pipeline = new Pipeline(options);
    await pipeline.sendIds(...numbers);
    await pipeline.runtime.sweepUntilQuiet();
    expect(pipeline.codes).toEqual(['ERR_GAP_UNRECOVERABLE']);
    return pipeline;
  }

  it('are none at first, although the gap has events between its holes', async () => {
    const pipeline = await withOddIds();
    const { gaps } = await pipeline.runtime.ledger.list('default', 10);
    expect(gaps).toMatchObject([{ from: 2, to: 40, inTimeOriginals: 19, inTimeVoids: 0 }]);
    expect(await lateAnswersOf(pipeline)).toEqual({ originals: 0, voids: 0 });
  });

  it('are those about its holes only', async () => {
    const pipeline = await withOddIds();
    await pipeline.sendIds(4);
    await pipeline.sendWith({ void: 'true' }, { from: 6, to: 6 });
    await pipeline.sendWith({ 'possible-duplicate': 'true' }, anEventAt(5));
    await pipeline.sendWith({ void: 'true' }, { from: 8, to: 9 });
    expect(await lateAnswersOf(pipeline)).toEqual({ originals: 1, voids: 2 });
  });
});

describe('the answers in a stream with a step', () => {
  it('are those about expected ids', async () => {
    const pipeline = new Pipeline({ catalog: { streams: { default: { ...settings, numbering: { step: 10 } } } } });
    await pipeline.sendIds(10, 20, 70, 80);
    await pipeline.runtime.sweepUntilQuiet();
    await pipeline.sendIds(33, 40);
    await pipeline.sendWith({ void: 'true' }, { from: 48, to: 51 });
    expect(await lateAnswersOf(pipeline)).toEqual({ originals: 1, voids: 1 });
  });
});
