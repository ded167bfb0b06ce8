import { plainTerminal } from '../support/plain-terminal.ts';
import { drawAudit } from '../../cli/audit/report.ts';
import { auditAll, isInOrder } from '../../shared/audit/stream-audit.ts';
import { loadAdvised } from '../../shared/views/load-advised.ts';
import { loadUuidFacts } from '../../shared/views/story/uuid-facts.ts';
import { describeUuid } from '../../shared/views/story/uuid-story.ts';
import { makeConsole } from '../../functions/console/handler.ts';
import { dayMs } from '../support/builders.ts';
import { storeFullBucket } from '../support/full-bucket.ts';
import { Pipeline, startMs } from '../support/pipeline.ts';

const timeMs = startMs - 3_600_000;
const timestamp = new Date(timeMs).toISOString();

function aPipelineWith(settings: object = {}): Pipeline {
  return new Pipeline({ catalog: { streams: { default: { numbering: 'none', ...settings } } } });
}

const anOrder = (uuid: string, members: object = {}) => ({ uuid, type: 'Order', timestamp, valid: true, ...members });

async function traced({ runtime }: Pipeline, uuid: string, atMs?: number): Promise<string> {
  return describeUuid(await loadUuidFacts(runtime, 'default', uuid, atMs)).join('\n');
}

describe('the story of a uuid', () => {
  it('tells where its entry is kept, until when, and the key under which it was published', async () => {
    const pipeline = aPipelineWith();
    await pipeline.send(anOrder('u-1'), anOrder('u-2'));
    pipeline.runtime.clock.advance(5_000);
    await pipeline.runtime.drain();
    const text = await traced(pipeline, 'u-1', timeMs);
    expect(text).toContain('default u-1: clean');
    expect(text).toContain('bucket   2025-12-31T23:00:00.000Z and the 1000 ms after it, remembered until 2026-01-15T');
    expect(text).toContain('entry 1  clean · Order · 2025-12-31T23:00:00.000Z · key default/u-1 · published');
    expect(text).not.toContain('entry 2');
  });

  it('takes the key under which an event was published', async () => {
    const pipeline = aPipelineWith();
    await pipeline.send(anOrder('u-1'), anOrder('default/u-2'));
    for (const key of ['default/u-1', 'default/u-1/r1'])
      expect(await traced(pipeline, key, timeMs)).toContain('default u-1: clean');
    // A uuid that looks like a key of its stream.
    expect(await traced(pipeline, 'default/u-2', timeMs)).toContain(': clean');
  });

  it('takes a UUID in any case, and finds an entry on a page of a full bucket', async () => {
    const pipeline = aPipelineWith();
    const uuid = '7D444840-9DC0-11D1-B245-5FFDCE74FAD2';
    await storeFullBucket(pipeline.runtime.blocks, 'default', { instantMs: timeMs, nowMs: startMs });
    await pipeline.send(anOrder(uuid));
    expect(await traced(pipeline, uuid, timeMs)).toMatch(/: clean\n[^]*, page [0-9a-f], remembered until/);
  });

  it('names the letters about it, also without its timestamp, and says how its entry is found', async () => {
    const pipeline = aPipelineWith();
    await pipeline.send(anOrder('u-1'), anOrder('u-1', { amount: 2 }), anOrder('u-2'), anOrder('u-2'));
    const text = await traced(pipeline, 'u-1');
    expect(text).toContain('default u-1: dead-lettered; its entry was not looked for');
    expect(text).toContain('bucket   not known: --at TIME');
    expect(text).toMatch(/letter {3}ERR_CONFLICT at track, \S+: other-content · open/);
    expect(text).not.toContain('ERR_DUPLICATE');
  });

  it('needs no timestamp in a stream with global uuids', async () => {
    const pipeline = aPipelineWith({ uuid: 'global' });
    await pipeline.send(anOrder('u-1'));
    expect(await traced(pipeline, 'u-1')).toContain('default u-1: clean');
  });

  it('says of another time that the uuid was not seen there', async () => {
    const pipeline = aPipelineWith();
    await pipeline.send(anOrder('u-1'));
    expect(await traced(pipeline, 'u-1', timeMs + 5_000)).toContain('not seen at that time, or forgotten');
  });
});

describe('a stream without numbers', () => {
  const facts =
    'no numbers, so gaps cannot be known; 2 events accepted, 1 event refused with timestamps of the last day; the latest is of 2025-12-31T23:00:00.000Z';

  async function filled(): Promise<Pipeline> {
    const pipeline = aPipelineWith();
    const old = new Date(startMs - 2 * dayMs).toISOString();
    await pipeline.send(anOrder('u-1'), anOrder('u-2'), anOrder('u-3', { valid: false }));
    await pipeline.send(anOrder('u-4', { timestamp: old }));
    return pipeline;
  }

  it('is listed with what is counted and its latest event, before and after its first sweep', async () => {
    const { runtime } = await filled();
    const before = await loadAdvised(runtime, 'default');
    expect(before?.advice).toEqual([
      expect.stringMatching(/^No numbers, so gaps/),
      expect.stringMatching(/^No sweep has/),
    ]);
    await runtime.sweepUntilQuiet();
    const after = await loadAdvised(runtime, 'default');
    expect(after?.advice).toEqual([`N${facts.slice(1)}.`]);
    expect(after?.unnumbered?.lastDay).toEqual({ clean: 2, suspect: 0, reconstructed: 0, closed: 1 });
  });

  it('is audited without a proof, and is in order', async () => {
    const { runtime } = await filled();
    const audit = await auditAll(runtime, 'default');
    expect(audit.streams.map(isInOrder)).toEqual([true]);
    expect(drawAudit(audit, plainTerminal)).toContain(`  default: ${facts}; nothing is proved`);
  });

  it('is no stream to audit or to list if nothing of it is stored', async () => {
    const { runtime } = aPipelineWith();
    expect((await auditAll(runtime, 'default')).streams).toEqual([]);
    expect(await loadAdvised(runtime, 'default')).toBeUndefined();
  });

  it('is shown in the console with these facts, and its letters with their uuids', async () => {
    const pipeline = await filled();
    await pipeline.send(anOrder('u-1'));
    const console = makeConsole(pipeline.runtime.consoleDeps());
    const get = async (path: string): Promise<string> => {
      const { body } = await console({ method: 'GET', path, query: new URLSearchParams() });
      return Buffer.from(body).toString();
    };
    const page = await get('/');
    expect(page).toContain(facts);
    expect(page).toContain('u-1');
    expect(JSON.parse(await get('/api/streams/default/gaps'))).toMatchObject({ gaps: [], unresolved: 0 });
  });
});
