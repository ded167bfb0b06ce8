import type { Attributes } from '../../shared/messages/message.ts';
import { placeOfKey } from '../../shared/place.ts';
import { anEventAt, Pipeline, startMs } from '../support/pipeline.ts';

const anOrder = (uuid: string, atMs: number) => ({
  uuid,
  type: 'Order',
  timestamp: new Date(atMs).toISOString(),
  valid: true,
});

/** Pub/Sub gives up the first message, although it was accepted, and an operator replays it with an edit. */
async function replayEdited(pipeline: Pipeline, event: object, place: Attributes): Promise<void> {
  const givenUp = { 'eventmend-code': 'ERR_DELIVERY', 'eventmend-stage': 'archive', 'eventmend-root': 'events/1' };
  const attributes = { stream: 'default', ...givenUp, ...place };
  await pipeline.runtime.pubsub.publish('dead-letter-queue', { data: new Uint8Array(), attributes });
  await pipeline.runtime.drain();
  await pipeline.replayAll({ edited: Buffer.from(JSON.stringify(event)) });
}

describe('an operator’s edit that moves an event to another place', () => {
  it('is a conflict if the event was accepted where it was: by its id', async () => {
    const pipeline = new Pipeline();
    await pipeline.send(anEventAt(1));
    await replayEdited(pipeline, anEventAt(2), { 'eventmend-id': '1' });
    expect([pipeline.cleanIds, pipeline.codes]).toEqual([[1], ['ERR_DELIVERY', 'ERR_CONFLICT']]);
  });

  it('is a conflict if the event was accepted where it was: by its timestamp', async () => {
    const pipeline = new Pipeline({ catalog: { streams: { default: { numbering: 'none' } } } });
    await pipeline.send(anOrder('u-1', startMs));
    const place = placeOfKey('u-1', startMs, 1_000);
    await replayEdited(pipeline, anOrder('u-1', startMs - 60_000), {
      'eventmend-place': String(place),
      'eventmend-key': 'u-1',
    });
    expect([pipeline.clean.length, pipeline.codes]).toEqual([1, ['ERR_DELIVERY', 'ERR_CONFLICT']]);
  });

  it('is published once if the event was refused, under the key of the edit', async () => {
    const pipeline = new Pipeline();
    await pipeline.send({ ...anEventAt(1), valid: false }, anEventAt(3));
    await pipeline.replayAll({ edited: Buffer.from(JSON.stringify(anEventAt(2))) });
    expect([pipeline.cleanIds, pipeline.codes]).toEqual([[3, 2], ['ERR_INCORRECT']]);
  });
});
