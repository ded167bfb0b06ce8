import type { EventList } from '../../shared/ports.ts';
import { Pipeline, anEventAt, noWaitSettings, withoutDoubt } from '../support/pipeline.ts';

/** A list that has event 2, a minute after it happened. */
const list: EventList = {
  page: () => Promise.resolve({ items: ['{"n":2,"at":"2025-02-09T00:03:00Z"}'], next: undefined }),
};
const find = {
  system: 'stripe',
  types: ['charge.succeeded'],
  number: '/n',
  type: 'CRM_Sync',
  timestamp: '/at',
} as const;

it('a recovered event is superseded by its late original, and is counted once', async () => {
  const pipeline = new Pipeline({
    catalog: { streams: { default: { ...noWaitSettings, ...withoutDoubt }, orders: { find } } },
    lists: new Map([['stripe', list]]),
  });
  const send = (id: number) => pipeline.sendWith({ stream: 'orders' }, anEventAt(id));
  for (const id of [1, 3]) await send(id);
  await pipeline.runtime.sweepUntilQuiet();
  const [recovered] = pipeline.clean.slice(-1);
  expect(recovered?.attributes).toMatchObject({
    origin: 'reconstructed',
    method: 'recovered',
    idempotency_key: 'orders/2/inferred',
  });
  await send(2);
  expect(pipeline.clean.at(-1)?.attributes).toMatchObject({ origin: 'producer', supersedes: 'orders/2/inferred' });
  expect(pipeline.codes).toEqual([]);
});
