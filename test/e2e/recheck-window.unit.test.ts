import type { TypeDefinition } from '../../shared/stream-settings.ts';
import { recordsWith, typeWithNote } from '../support/records.ts';
import { Pipeline, anEventAt, noWaitSettings } from '../support/pipeline.ts';

const endless = { from: '2025-02-09T00:00:00Z', to: '2025-02-09T00:05:00Z' };

/** A pipeline that has published the events 1 to 6, of which 1 to 4 lie in the window of the anomaly. */
async function published(watch?: TypeDefinition['watch']) {
  const pipeline = new Pipeline({
    catalog: {
      streams: { default: noWaitSettings },
      types: { CRM_Sync: { ...typeWithNote, ...(watch && { watch }) } },
    },
    systems: new Map([['hubspot', recordsWith('right')]]),
  });
  for (const id of [1, 2, 3, 4, 5, 6]) await pipeline.send(anEventAt(id, { note: id === 2 ? 'wrong' : 'right' }));
  return pipeline;
}

async function find(pipeline: Pipeline, over: Readonly<Record<string, unknown>> = {}) {
  const anomaly = {
    ...{ stream: 'default', type: 'CRM_Sync', start: endless.from, end: endless.to },
    ...{ measure: 'total-sum', value: 4, expected: 5, score: 0, ...over },
  };
  await pipeline.runtime.pubsub.publish('anomalies', { data: Buffer.from(JSON.stringify(anomaly)), attributes: {} });
  await pipeline.runtime.drain();
}

it('an anomaly has the events of its window checked again, and what was published wrong is superseded', async () => {
  const pipeline = await published({ recheck: true });
  await find(pipeline);
  expect(pipeline.clean).toHaveLength(7);
  expect(pipeline.clean.at(-1)!.attributes).toMatchObject({ event_id: '2', origin: 'corrected', recheck: 'true' });
  expect(pipeline.codes).toEqual([]);
});

it('an anomaly that comes twice supersedes once', async () => {
  const pipeline = await published({ recheck: true });
  await find(pipeline);
  await find(pipeline);
  expect(pipeline.clean).toHaveLength(7);
  expect(await pipeline.runtime.anomalies.latest(10)).toHaveLength(1);
});

it.each([
  ['a type that the catalog does not want checked again', undefined, {}],
  ['a total that cannot be compared', { recheck: true }, { measure: 'total-window' }],
  [
    'a window without these events',
    { recheck: true },
    { start: endless.to, end: '2025-02-09T00:05:01Z', type: 'Other' },
  ],
])('the anomaly of %s is kept for the console, and nothing is checked', async (_, watch, over) => {
  const pipeline = await published(watch);
  await find(pipeline, over);
  expect(pipeline.clean).toHaveLength(6);
  expect(await pipeline.runtime.anomalies.latest(10)).toHaveLength(1);
});

it('a message on anomalies that is none is acked, and changes nothing', async () => {
  const pipeline = await published({ recheck: true });
  await pipeline.runtime.pubsub.publish('anomalies', { data: Buffer.from('{"stream": "default"}'), attributes: {} });
  await pipeline.runtime.drain();
  expect(await pipeline.runtime.anomalies.latest(10)).toEqual([]);
  expect(pipeline.clean).toHaveLength(6);
});
