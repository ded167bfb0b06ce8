import type { Fault } from '../../shared/embedded/faults.ts';
import { topicNames } from '../../shared/topology.ts';
import { textOf } from '../support/builders.ts';
import { storedFront } from '../support/fronts.ts';
import { anEventAt, noWaitSettings, Pipeline } from '../support/pipeline.ts';

const aVoid = { void: 'true' };
const again = { 'possible-duplicate': 'true' };
const voidOf = (from: number, to: number) => ({ stream: 'default', from, to });

/** Gaps that are given up, since money is not inferred. */
const givingUp = { streams: { default: noWaitSettings }, types: { CRM_Sync: { inferable: false } } };
/** Gaps wait for their producer. */
const patient = { streams: { default: { graceMs: 0, resendTimeoutMs: 300_000 } } };

async function gapsOf({ runtime }: Pipeline): Promise<string[]> {
  return (await runtime.ledger.list('default', 10)).gaps.map(({ from, to, state }) => `${from}–${to} ${state}`);
}

async function watermarkOf({ runtime }: Pipeline): Promise<number | undefined> {
  return (await storedFront(runtime.ledger))?.watermark;
}

function detailsOf({ letters }: Pipeline): (string | undefined)[] {
  return letters.map(({ attributes }) => attributes['eventmend-detail']);
}

describe('an answer in time', () => {
  it('fills the gap by the event as it is sent again, and nothing is inferred', async () => {
    const pipeline = new Pipeline({ catalog: patient });
    await pipeline.sendIds(1, 2, 4);
    await pipeline.runtime.sweepUntilQuiet(0);
    expect(pipeline.requests.map(textOf)).toEqual([expect.stringContaining('"from":3,"to":3,"attempt":1')]);
    await pipeline.sendWith(again, anEventAt(3));
    await pipeline.runtime.sweepUntilQuiet();
    expect(pipeline.clean.at(-1)?.attributes).toMatchObject({ event_id: '3', origin: 'producer' });
    expect(await gapsOf(pipeline)).toEqual(['3–3 filled']);
    expect([pipeline.cleanIds, pipeline.codes]).toEqual([[1, 2, 4, 3], []]);
  });

  it('may be a void: the gap is voided, and the watermark moves on', async () => {
    const pipeline = new Pipeline({ catalog: patient });
    await pipeline.sendIds(1, 5);
    await pipeline.runtime.sweepUntilQuiet(0);
    await pipeline.sendWith(aVoid, voidOf(2, 4));
    await pipeline.runtime.sweepUntilQuiet();
    expect(await gapsOf(pipeline)).toEqual(['2–4 voided']);
    expect([await watermarkOf(pipeline), pipeline.codes]).toEqual([5, []]);
  });

  it('may be given twice, by events and by voids: the second time changes nothing', async () => {
    const pipeline = new Pipeline({ catalog: patient });
    await pipeline.sendIds(1, 6);
    await pipeline.runtime.sweepUntilQuiet(0);
    for (const time of [1, 2]) {
      await pipeline.sendWith(again, anEventAt(2));
      await pipeline.sendWith(aVoid, voidOf(3, 5));
      expect(pipeline.runtime.log.counts.get('dropped') ?? 0).toBe(time === 1 ? 0 : 2);
    }
    expect([pipeline.cleanIds, pipeline.codes]).toEqual([[1, 6, 2], []]);
  });
});

describe('an answer after the deadline', () => {
  it('supersedes what was inferred meanwhile', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(1, 2, 4);
    await pipeline.runtime.sweepUntilQuiet();
    await pipeline.sendWith(again, anEventAt(3));
    expect(pipeline.clean.at(-1)?.attributes).toMatchObject({ origin: 'producer', supersedes: 'default/3/inferred' });
    expect(pipeline.codes).toEqual([]);
  });

  it('is a conflict where it is a void of what was inferred: the inference stands', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(1, 2, 4);
    await pipeline.runtime.sweepUntilQuiet();
    await pipeline.sendWith(aVoid, voidOf(3, 3));
    expect([pipeline.cleanIds, pipeline.codes]).toEqual([[1, 2, 4, 3], ['ERR_CONFLICT']]);
  });

  it('is accepted where the gap was given up', async () => {
    const pipeline = new Pipeline({ catalog: givingUp });
    await pipeline.sendIds(1, 2, 5);
    await pipeline.runtime.sweepUntilQuiet();
    expect([await gapsOf(pipeline), pipeline.codes]).toEqual([['3–4 abandoned'], ['ERR_GAP_UNRECOVERABLE']]);
    await pipeline.sendWith(again, anEventAt(3));
    await pipeline.sendWith(aVoid, voidOf(4, 4));
    expect(pipeline.clean.at(-1)?.attributes).not.toHaveProperty('supersedes');
    expect([pipeline.cleanIds, pipeline.codes]).toEqual([[1, 2, 5, 3], ['ERR_GAP_UNRECOVERABLE']]);
    expect(pipeline.runtime.log.counts.get('applied')).toBe(1);
  });
});

describe('a resend of an event that was never missing', () => {
  it('is dropped quietly where it carries the mark', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(1, 2);
    await pipeline.sendWith(again, anEventAt(2));
    expect([pipeline.cleanIds, pipeline.codes]).toEqual([[1, 2], []]);
    expect(pipeline.runtime.log.counts.get('dropped')).toBe(1);
  });

  it('is dropped quietly where it came first, and what it repeats comes behind it', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendWith(again, anEventAt(2));
    await pipeline.sendIds(2);
    expect([pipeline.cleanIds, pipeline.codes]).toEqual([[2], []]);
  });

  it('is a duplicate letter where it lacks the mark', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(1, 2, 2);
    expect([pipeline.cleanIds, pipeline.codes]).toEqual([[1, 2], ['ERR_DUPLICATE']]);
  });

  it('is a conflict where its content is another, mark or no mark', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(1, 2);
    await pipeline.sendWith(again, anEventAt(2, { data: 'other' }));
    expect([pipeline.cleanIds, pipeline.codes]).toEqual([[1, 2], ['ERR_CONFLICT']]);
  });
});

describe('a void', () => {
  it('of ids that were all seen closes none, and one letter lists them', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(1, 2, 3);
    await pipeline.sendWith(aVoid, voidOf(1, 3));
    expect([pipeline.codes, detailsOf(pipeline)]).toEqual([['ERR_CONFLICT'], ['void of ids that were seen: 1, 2, 3']]);
    expect(pipeline.cleanIds).toEqual([1, 2, 3]);
  });

  it('of a thousand ids that were all seen is one letter, which says how many', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(...Array.from({ length: 1_000 }, (_, i) => i));
    await pipeline.sendWith(aVoid, voidOf(0, 999));
    expect(detailsOf(pipeline)).toEqual([expect.stringMatching(/: 0, 1, 2, .*, \d+ and more, 1000 in all$/)]);
  });

  it('leaves its ids open to the event that it was wrong about', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendIds(1, 3);
    await pipeline.sendWith(aVoid, voidOf(2, 2));
    await pipeline.sendIds(2);
    expect([pipeline.cleanIds, pipeline.codes]).toEqual([[1, 3, 2], []]);
  });

  it('before any event of its stream is where the stream begins', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendWith(aVoid, voidOf(1, 3));
    await pipeline.sendIds(4, 6);
    await pipeline.runtime.sweepUntilQuiet();
    expect(await gapsOf(pipeline)).toEqual(['5–5 reconstructed']);
    expect([await watermarkOf(pipeline), pipeline.codes]).toEqual([6, []]);
  });

  it('whose write has no answer is delivered again, and closes each id once', async () => {
    let isLost = false;
    const faults = (method: string): Fault => (method === 'write' && isLost ? 'answer-lost' : 'none');
    const nacks: string[] = [];
    const onNack = (subscription: string): void => {
      isLost = false;
      nacks.push(subscription);
    };
    const pipeline = new Pipeline({ catalog: patient, faults, onNack });
    await pipeline.sendIds(1, 1_002);
    isLost = true;
    await pipeline.sendWith(aVoid, voidOf(2, 1_001));
    await pipeline.runtime.sweepUntilQuiet();
    expect(nacks).toEqual(['track-validated-events']);
    expect([await gapsOf(pipeline), await watermarkOf(pipeline), pipeline.codes]).toEqual([[], 1_002, []]);
  });
});

describe('a range of a million ids between two fronts', () => {
  it('is one row and one letter: no messages and no calls of the store by the id', async () => {
    const calls = new Map<string, number>();
    const count = (name: string): void => {
      calls.set(name, (calls.get(name) ?? 0) + 1);
    };
    const faults = (method: string): Fault => {
      count(method);
      return 'none';
    };
    const pipeline = new Pipeline({
      catalog: { streams: { default: { ...noWaitSettings, maxJump: 2_000_000 } } },
      faults,
    });
    const messages = new Map<string, number>();
    for (const topic of topicNames)
      pipeline.runtime.pubsub.listen(topic, `count-${topic}`, () => {
        messages.set(topic, (messages.get(topic) ?? 0) + 1);
        return Promise.resolve();
      });
    await pipeline.sendIds(1, 2, 1_000_003, 1_000_004);
    await pipeline.runtime.sweepUntilQuiet();
    expect(await gapsOf(pipeline)).toEqual(['3–1000002 abandoned']);
    expect([await watermarkOf(pipeline), pipeline.codes]).toEqual([1_000_004, ['ERR_GAP_UNRECOVERABLE']]);
    const { sweeps, ...sent } = Object.fromEntries(messages);
    expect(sent).toEqual({
      events: 4,
      'validated-events': 4,
      'cleaned-events': 4,
      'dead-letter-queue': 1,
    });
    expect(sweeps).toBeLessThan(40);
    const { publish, ...ofStore } = Object.fromEntries(calls);
    expect(publish).toBeLessThan(30);
    expect(Object.values(ofStore).reduce((sum, n) => sum + n, 0)).toBeLessThan(60);
  });
});
