import type { SystemOfRecord } from '../../shared/ports.ts';
import { aCrmSync } from '../support/builders.ts';
import { recordsWith, typeWithNote } from '../support/records.ts';
import { Pipeline, noWaitSettings } from '../support/pipeline.ts';

/** A system of record whose answer a test changes. */
function aChangingSystem() {
  const state = { system: recordsWith('as it was') };
  const system: SystemOfRecord = { look: (refs) => state.system.look(refs) };
  return { system, change: (note: string) => (state.system = recordsWith(note)) };
}

async function published(note: string) {
  const { system, change } = aChangingSystem();
  const pipeline = new Pipeline({
    catalog: { streams: { default: noWaitSettings }, types: { CRM_Sync: typeWithNote } },
    systems: new Map([['hubspot', system]]),
  });
  await pipeline.send(aCrmSync({ note }));
  const recheck = async () => {
    const { data } = pipeline.clean.at(-1)!;
    await pipeline.runtime.pubsub.publish('mended-events', { data, attributes: { recheck: 'true' } });
    await pipeline.runtime.drain();
  };
  return { pipeline, recheck, change };
}

const key = `default/6/${Date.UTC(2025, 1, 9, 12)}`;

it('a published event that its record contradicts is superseded, as often as the record says otherwise', async () => {
  const { pipeline, recheck, change } = await published('wrong');
  await recheck();
  expect(pipeline.clean.at(-1)!.attributes).toMatchObject({
    idempotency_key: `${key}/r1`,
    supersedes: key,
    origin: 'corrected',
    recheck: 'true',
  });
  await recheck();
  expect(pipeline.clean).toHaveLength(2);
  change('right at last');
  await recheck();
  expect(pipeline.clean.at(-1)!.attributes).toMatchObject({ idempotency_key: `${key}/r2`, supersedes: `${key}/r1` });
  expect(JSON.parse(pipeline.cleanTexts.at(-1)!)).toMatchObject({ note: 'right at last' });
  expect(pipeline.codes).toEqual([]);
});

it('one that agrees with its record stands', async () => {
  const { pipeline, recheck } = await published('as it was');
  await recheck();
  expect(pipeline.cleanKeys).toEqual([key]);
  expect(pipeline.codes).toEqual([]);
});
