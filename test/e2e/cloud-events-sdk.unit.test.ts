import { CloudEvent, HTTP } from 'cloudevents';
import type { Attributes, Message } from '../../shared/messages/message.ts';
import { cloudEvents } from '../../shared/sources/presets.ts';
import { noWaitSettings, Pipeline } from '../support/pipeline.ts';

/* A consumer reads clean events with the SDK of CloudEvents, also those that Eventmend infers. */

interface Sent {
  readonly data: string;
  readonly attributes: Attributes;
}

const context = (id: number) => ({
  specversion: '1.0',
  id: `e-${id}`,
  source: '/orders/1',
  type: 'order.paid',
  time: `2025-12-31T12:00:0${id}Z`,
  sequence: String(id),
});

function structured(id: number): Sent {
  const attributes = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
  return { data: JSON.stringify({ ...context(id), data: { order: id } }), attributes };
}

function binary(id: number): Sent {
  const members = Object.entries(context(id)).map(([name, text]) => [`ce-${name}`, text] as const);
  const attributes = { 'content-type': 'application/json', ...Object.fromEntries(members) };
  return { data: JSON.stringify({ order: id }), attributes };
}

/** Publishes events 1, 2, 4 and 5, so that event 3 is inferred. */
async function cleanEvents(event: (id: number) => Sent): Promise<readonly Message[]> {
  const shop = { stream: ['/source'], fields: cloudEvents({ sequence: true }) } as const;
  const { runtime, clean } = new Pipeline({ catalog: { sources: { shop }, streams: { shop: noWaitSettings } } });
  for (const id of [1, 2, 4, 5]) {
    const { data, attributes } = event(id);
    await runtime.publish({ data: Buffer.from(data), attributes }, undefined, 'shop');
  }
  await runtime.drain();
  await runtime.sweepUntilQuiet();
  return clean;
}

/** Reads a message as the SDK reads a request. The attributes are its headers. */
function parse({ data, attributes }: Message) {
  const event = HTTP.toEvent({ headers: { ...attributes }, body: Buffer.from(data).toString() });
  if (!(event instanceof CloudEvent)) throw new Error('one event was expected');
  return event;
}

it.each([
  ['structured', structured],
  ['binary', binary],
])('the SDK reads every clean event of a stream in the %s mode, and the one that was inferred', async (_, event) => {
  const clean = await cleanEvents(event);
  const events = clean.map(parse);
  expect(events.map((each) => each.validate())).toEqual([true, true, true, true, true]);
  expect(events.map(({ id, data }): unknown[] => [id, data])).toEqual([
    ...[1, 2, 4, 5].map((id) => [`e-${id}`, { order: id }]),
    ['inferred/shop~.~2forders~2f1/3', undefined],
  ]);
  const { specversion, source, type, time, sequence } = events.at(-1)!;
  expect({ specversion, source, type, time, sequence }).toEqual({
    specversion: '1.0',
    source: '/orders/1',
    type: 'order.paid',
    time: '2025-12-31T12:00:03.000Z',
    sequence: '3',
  });
  // Eventmend's own attributes are no part of the event.
  expect(JSON.parse(clean.at(-1)!.attributes.eventmend!)).toMatchObject({ neighbours: { previous: 2, next: 4 } });
});
