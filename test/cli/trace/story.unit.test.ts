import { loadFacts } from '../../../cli/trace/facts.ts';
import { describeId } from '../../../cli/trace/story.ts';
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
    expect(text).toContain('default 3: clean, and supersedes an event that was published before');
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
    await pipeline.send(anEventAt(1));
    await pipeline.replayAll();
    expect(await told(pipeline, 1)).toContain('open, came 2 times');
  });

  it('tells of a gap that was given up, with the letter about it', async () => {
    const pipeline = new Pipeline({ catalog: { streams: { default: { ...noWaitSettings, maxGap: 1 } } } });
    await pipeline.sendIds(1, 4);
    await pipeline.runtime.sweepUntilQuiet();
    const text = await told(pipeline, 3);
    expect(text).toContain('default 3: missing, and given up');
    expect(text).toContain('2–3 found missing');
    expect(text).toMatch(/letter {3}ERR_GAP_UNRECOVERABLE at reconstruct, \S+: too-long/);
  });

  it('tells of a void', async () => {
    const pipeline = await swept(1, 3);
    await pipeline.sendWith({ void: 'true' }, { stream: 'default', from: 4, to: 4 });
    expect(await told(pipeline, 4)).toContain('default 4: void');
  });

  it('tells of an id that did not come why it is not called missing', async () => {
    const pipeline = new Pipeline({ catalog: { streams: { default: { ...noWaitSettings, graceMs: 120_000 } } } });
    expect(await told(pipeline, 7)).toContain('default 7: not seen');
    await pipeline.sendIds(10, 12);
    expect(await told(pipeline, 11)).toContain('not seen, and holes have not been looked for yet');
    for (let ticks = 0; ticks < 3; ticks++) await pipeline.runtime.sweep();
    await pipeline.sendIds(15);
    expect(await told(pipeline, 7)).toContain('not seen; the stream begins with 10');
    expect(await told(pipeline, 14)).toContain('missing if it does not come within its grace');
    expect(await told(pipeline, 16)).toContain('not seen; the highest id is 15');
    expect(await told(pipeline, 600)).toContain('block 2, which is not stored');
  });
});
