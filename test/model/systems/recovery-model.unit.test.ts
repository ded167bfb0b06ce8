import { makeCatalog } from '../../../shared/catalog-definition.ts';
import { inferredKey } from '../../../shared/identity.ts';
import type { Delivery, Message } from '../../../shared/messages/message.ts';
import { decodeRouting } from '../../../shared/messages/routing.ts';
import { readRecoveredEvent, recoveredMessage } from '../../../shared/recovery/recovered-event.ts';
import { eventsSource } from '../../../shared/sources/source.ts';
import { emptyCell, type Cell } from '../../../shared/tracking/block.ts';
import { claimsOf } from '../../../shared/tracking/claim.ts';
import { decide } from '../../../shared/tracking/rules.ts';
import { assess } from '../../../shared/validation/assess.ts';
import { aDelivery, noon, textOf } from '../../support/builders.ts';
import { dealsByNumber as find } from '../../support/records.ts';

/*
 * An event of a stream with numbers is missing. A system of record has it, in other words and in whole seconds. Its
 * message comes before or after the recovered event, twice or never, and both are delivered again, in every order.
 */

const catalog = makeCatalog({ streams: { orders: { find } } });
const id = 7;

/** A message of the producer. Its time has milliseconds, which the system of record does not keep. */
function sent(messageId: string, content: object = {}): Delivery {
  const event = { event_id: id, type: 'Won', timestamp: '2025-02-09T12:00:00.250Z', valid: true, data: { by: 'x' } };
  return aDelivery({ messageId, attributes: { stream: 'orders' }, content: { ...event, ...content } });
}

function recovered(): Message {
  const event = readRecoveredEvent('{"n":7,"at":"2025-02-09T12:00:00Z","d":{"by":"y"}}', find)!;
  return recoveredMessage(eventsSource, 'orders', event, find);
}

function mended(message: Message, messageId: string): Delivery {
  return aDelivery({ topic: 'mended-events', content: textOf(message), attributes: message.attributes, messageId });
}

/** The state of consumers after deliveries: the content of each key that nothing supersedes. */
function heldAfter(deliveries: readonly Delivery[]): ReadonlyMap<string, string> {
  let cell: Cell = emptyCell;
  const held = new Map<string, string>();
  const superseded = new Set<string>();
  for (const delivery of deliveries) {
    const [assessment] = assess(delivery, catalog, noon).events;
    const { message } = assessment!;
    const routing = decodeRouting(message.attributes);
    const step = decide(cell, claimsOf(routing)[0]!);
    ({ cell } = step);
    if (step.verdict.act !== 'publish') continue;
    if (step.verdict.supersedes) superseded.add(inferredKey(id));
    held.set(routing.key, textOf(message));
  }
  for (const key of superseded) held.delete(key);
  return held;
}

/** Every order of some messages. */
function ordersOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  if (all.length === 0) return [[]];
  return all.flatMap((first, i) => ordersOf(all.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}

const copy = mended(recovered(), 'mended-1');
const again = mended(recovered(), 'mended-2');
const broken = sent('1', { timestamp: '2025-02-09T12:00:00.250Z', data: 'xxx', valid: 'perhaps' });
const worlds = [
  { title: 'whose message never comes', deliveries: [copy, again, copy] },
  { title: 'whose message comes', deliveries: [copy, again, sent('1')] },
  { title: 'whose message comes twice', deliveries: [copy, again, sent('1'), sent('2')] },
  { title: 'whose message comes broken, and then sound', deliveries: [copy, broken, sent('2'), again] },
];

test.each(worlds)('a recovered event $title is counted once', ({ deliveries }) => {
  for (const order of ordersOf(deliveries)) expect(heldAfter(order).size).toBe(1);
});

test('a message that comes supersedes the recovered event, in every order', () => {
  for (const order of ordersOf([copy, again, sent('1')]))
    expect([...heldAfter(order).values()]).toEqual([textOf(sent('1'))]);
});

test('an event that were recovered under a key of its own would be counted twice', () => {
  const { data, attributes } = recovered();
  const asEvent = { data, attributes: { ...attributes, origin: 'recovered', 'eventmend-root': 'recovered/hubspot/7' } };
  const sizes = ordersOf([mended(asEvent, 'mended-1'), sent('1')]).map((order) => heldAfter(order).size);
  expect(Math.max(...sizes)).toBe(2);
});
