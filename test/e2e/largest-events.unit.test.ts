import { makeVerify } from '../../functions/verify/handler.ts';
import { makeCatalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import { readLetter } from '../../shared/dead-letter/arrived-letter.ts';
import { replayMessage } from '../../shared/dead-letter/replay.ts';
import { countNodes, maxNodes } from '../../shared/json.ts';
import type { Attributes, Message } from '../../shared/messages/message.ts';
import { decodeRouting } from '../../shared/messages/routing.ts';
import { letterFor } from '../../shared/tracking/tracked-letter.ts';
import type { SystemOfRecord } from '../../shared/ports.ts';
import { assessOnly } from '../support/assessments.ts';
import { aDelivery, aMessage, RecordingPublisher } from '../support/builders.ts';
import { portsInMemory } from '../support/ports.ts';
import { noRecords, recordsWith, typeWithNote } from '../support/records.ts';

/** Verify and an operator's replay add something to the producer's event. The event must not become too large by that. */

const definition: CatalogDefinition = { types: { LeadCreated: { ...typeWithNote, consult: 'always' } } };
const catalog = makeCatalog(definition);
const head = '{"event_id":1,"type":"LeadCreated","timestamp":"2025-02-09T12:00:00","data":';
const small = aMessage(`${head}1}`, attributes(80));
const manyBytes = aMessage(`${head}"${'x'.repeat(9_000_000 - head.length - 3)}"}`);
const manyNodes = aMessage(`${head}[${'1,'.repeat(maxNodes - 10)}1]}`);

function attributes(count: number): Attributes {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, 'x']));
}

/** The code with which validate refuses a message, if it does. */
function codeOf({ message }: ReturnType<typeof assessOnly>): string | undefined {
  return message.attributes['eventmend-code'];
}

/** Has an event answered by its system of record. @returns What validate makes of the answer. */
async function answered(event: Message, hubspot: SystemOfRecord) {
  const first = assessOnly(aDelivery(event), definition);
  expect(codeOf(first)).toBeUndefined();
  const publisher = new RecordingPublisher();
  const ports = portsInMemory({ publisher, systems: new Map([['hubspot', hubspot]]), catalog });
  await makeVerify(ports).handler(aDelivery({ ...first.message, topic: 'suspect-events' }));
  const [back] = publisher.published;
  return assessOnly(aDelivery({ ...back, topic: 'mended-events' }), definition);
}

test('the events are as large as events may be', () => {
  expect(manyBytes.data.length).toBe(9_000_000);
  expect(countNodes(manyNodes.data)).toBe(maxNodes);
});

describe.each([
  ['80 attributes', small],
  ['9 MB', manyBytes],
  ['all the values and names that are parsed', manyNodes],
])('an event with %s passes', (_, event) => {
  test('after it was verified', async () => {
    expect(codeOf(await answered(event, recordsWith()))).toBeUndefined();
  });

  test('after it was corrected', async () => {
    expect(codeOf(await answered(event, recordsWith('by the record')))).toBeUndefined();
  });

  test('on to its letter, with the reason of the refusal, after it was refused', async () => {
    expect(codeOf(await answered(event, noRecords))).toBe('ERR_INCORRECT');
  });

  test('as a replay', () => {
    const tracked = aDelivery({ ...assessOnly(aDelivery(event), definition).message, topic: 'validated-events' });
    const failure = { code: 'ERR_CONFLICT', stage: 'track', detail: 'content' } as const;
    const letter = letterFor({ delivery: tracked, routing: decodeRouting(tracked.attributes) }, failure, 0);
    const record = readLetter(aDelivery({ ...letter, topic: 'dead-letter-queue' }));
    const replay = replayMessage(record, { replace: true });
    expect(codeOf(assessOnly(aDelivery({ ...replay, topic: 'mended-events' }), definition))).toBeUndefined();
  });
});
