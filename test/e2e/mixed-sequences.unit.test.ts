import { Pipeline } from '../support/pipeline.ts';

/** The readings of a meter, one a minute from an hour of the day on. The meter numbers them from 1 after each start. */
function readings(hour: number, ids: readonly number[]): object[] {
  return ids.map((event_id) => ({
    event_id,
    type: 'MeterRead',
    timestamp: new Date(Date.UTC(2026, 2, 4, hour, event_id)).toISOString(),
  }));
}

/** The sales of one till of a shop. Each till counts from 1, and all tills write into one stream. */
function sales(till: string, ids: readonly number[]): object[] {
  return ids.map((event_id) => ({
    event_id,
    type: 'Sale',
    timestamp: `2026-03-04T09:00:0${event_id}Z`,
    data: { till },
  }));
}

const countsOf = ({ runtime: { log } }: Pipeline) => ({
  published: log.counts.get('published'),
  revisions: log.counts.get('revision'),
});

describe('a meter that numbers its readings anew after a restart', () => {
  it('has every reading published, and those after the restart counted as revisions', async () => {
    const pipeline = new Pipeline();
    await pipeline.send(...readings(8, [1, 2, 3, 4, 5]), ...readings(9, [1, 2, 3, 4, 5]));
    expect(pipeline.letters).toEqual([]);
    expect(countsOf(pipeline)).toEqual({ published: 10, revisions: 5 });
  });

  it('hides a loss after the restart, which is found where each run has a stream of its own', async () => {
    const lost = [1, 2, 5];
    const mixed = new Pipeline();
    await mixed.send(...readings(8, [1, 2, 3, 4, 5]), ...readings(9, lost));
    await mixed.runtime.sweepUntilQuiet();
    expect(mixed.cleanIds.toSorted()).toEqual([1, 1, 2, 2, 3, 4, 5, 5]);
    expect(countsOf(mixed).revisions).toBe(3);

    const apart = new Pipeline();
    await apart.sendWith({ stream: 'meter-8' }, ...readings(8, [1, 2, 3, 4, 5]));
    await apart.sendWith({ stream: 'meter-9' }, ...readings(9, lost));
    await apart.runtime.sweepUntilQuiet();
    const found = await apart.runtime.ledger.list('meter-9', 10);
    expect(found.gaps).toMatchObject([{ from: 3, to: 4 }]);
    expect(countsOf(apart).revisions).toBeUndefined();
  });

  it('has every reading of an id published, however many there are', async () => {
    const pipeline = new Pipeline();
    for (let hour = 0; hour < 24; hour++) await pipeline.send(...readings(hour, [1]));
    expect(countsOf(pipeline)).toEqual({ published: 24, revisions: 23 });
    expect(pipeline.letters).toEqual([]);
  });
});

describe('two tills that write into one stream', () => {
  it('have sales of the same second refused as conflicts, and sales of other seconds counted as revisions', async () => {
    const pipeline = new Pipeline();
    await pipeline.send(...sales('front', [1, 2, 3]), ...sales('back', [1, 2]));
    await pipeline.send({ event_id: 3, type: 'Sale', timestamp: '2026-03-04T09:00:09Z', data: { till: 'back' } });
    expect(countsOf(pipeline)).toEqual({ published: 4, revisions: 1 });
    expect(pipeline.letters.map(({ attributes }) => attributes['eventmend-detail'])).toEqual([
      'other-content',
      'other-content',
    ]);
  });
});

test('an event sent again, an original after its inference, and a replacement are no revisions', async () => {
  const pipeline = new Pipeline();
  const [first, lost, last] = readings(8, [1, 2, 3]) as [object, object, object];
  await pipeline.send(first, last, first);
  await pipeline.runtime.sweepUntilQuiet();
  await pipeline.send(lost, { ...first, data: 'better' });
  await pipeline.replayAll({ replace: true });
  expect(pipeline.cleanKeys).toHaveLength(5);
  expect(countsOf(pipeline).revisions).toBeUndefined();
});
