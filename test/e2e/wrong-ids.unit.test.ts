import { dayMs, idsFrom } from '../support/builders.ts';
import { anEventAt, Pipeline } from '../support/pipeline.ts';

const eventsADay = 20;
const days = 11;
const wrongDay = 2;
/** From then on an event is lost each day, at no regular distance. */
const lost = idsFrom(wrongDay + 1, days - 3).map((day) => day * eventsADay + ((7 * day) % eventsADay));

/** Sends a stream for eleven days, with a window of seven. @param wrong Wrong ids, by the number of events before them. */
async function elevenDays(wrong: Readonly<Record<number, number>>): Promise<Pipeline> {
  const pipeline = new Pipeline({ catalog: { streams: { default: { windowMs: 7 * dayMs } } } });
  const { runtime } = pipeline;
  const stamped = (id: number): object => anEventAt(id, { timestamp: new Date(runtime.clock.now()).toISOString() });
  for (let count = 0; count < eventsADay * days; count++) {
    runtime.clock.advance(dayMs / eventsADay - 60_000);
    const stray = wrong[count];
    if (stray !== undefined) await pipeline.send(stamped(stray));
    if (!lost.includes(count + 1)) await pipeline.send(stamped(count + 1));
    await runtime.sweep();
  }
  return pipeline;
}

test.each([
  ['on the second day', { [wrongDay * eventsADay]: 500_000 }],
  ['twice', { [wrongDay * eventsADay]: 500_000, [(wrongDay + 1) * eventsADay]: 700_000 }],
  ['as a first id that looks like a time', { 0: 1_700_000_000 }],
])('a wrong id %s hides no later loss, and refuses no event', async (_, wrong) => {
  const pipeline = await elevenDays(wrong);
  const { gaps } = await pipeline.runtime.ledger.list('default', 1_000);
  expect(gaps.toReversed().map(({ from, to, state }) => [from, to, state])).toEqual(
    lost.map((id) => [id, id, 'reconstructed']),
  );
  expect(pipeline.codes).toEqual([]);
  expect(pipeline.clean).toHaveLength(eventsADay * days + Object.keys(wrong).length);
});
