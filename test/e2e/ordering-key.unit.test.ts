import type { Message } from '../../shared/messages/message.ts';
import { anEventAt, noWaitSettings, Pipeline, withoutDoubt } from '../support/pipeline.ts';
import { recordsWith, typeWithNote } from '../support/records.ts';

/** A pipeline whose clean messages are kept with their ordering keys. */
function keyed(options: ConstructorParameters<typeof Pipeline>[0] = {}) {
  const pipeline = new Pipeline({
    catalog: { streams: { default: { ...noWaitSettings, ...withoutDoubt } } },
    ...options,
  });
  const keys: (string | undefined)[] = [];
  pipeline.runtime.pubsub.listen('cleaned-events', 'keys', ({ orderingKey }) => {
    keys.push(orderingKey);
    return Promise.resolve();
  });
  const send = async (event: object, more: Partial<Message>): Promise<void> => {
    await pipeline.runtime.publish({ data: Buffer.from(JSON.stringify(event)), attributes: {}, ...more });
    await pipeline.runtime.drain();
  };
  return { pipeline, keys, send };
}

describe('the ordering key of a producer', () => {
  it('is kept on the clean message, and where there was none there is none', async () => {
    const { keys, send, pipeline } = keyed();
    await send(anEventAt(1), { orderingKey: 'customer-7' });
    await send(anEventAt(2), {});
    expect(keys).toEqual(['customer-7', undefined]);
    expect(Object.keys(pipeline.clean[0]!.attributes)).not.toContain('eventmend-ordering-key');
  });

  it('is kept by an event that was sent to verify', async () => {
    const types = { CRM_Sync: { ...typeWithNote, consult: 'always' as const } };
    const { keys, send, pipeline } = keyed({ catalog: { types }, systems: new Map([['hubspot', recordsWith()]]) });
    await send(anEventAt(1), { orderingKey: 'customer-7' });
    expect([pipeline.clean[0]!.attributes.origin, keys]).toEqual(['verified', ['customer-7']]);
  });

  it('is kept by a dead letter that is edited and replayed', async () => {
    const { keys, send, pipeline } = keyed();
    await send({ ...anEventAt(1), timestamp: 'soon' }, { orderingKey: 'customer-7' });
    await pipeline.replayAll({ edited: Buffer.from(JSON.stringify(anEventAt(1))) });
    expect(keys).toEqual(['customer-7']);
  });
});
