import { deliveredTo } from '../../functions/builders.ts';
import { sampleStream } from '../../cli/start/sample-stream.ts';
import { audit } from '../../cli/commands/audit.ts';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import { EmbeddedLog } from '../../shared/embedded/log.ts';
import { FirestoreBlockStore } from '../../shared/gcp/block-store.ts';
import { FirestoreCleanEventStore } from '../../shared/gcp/clean-event-store.ts';
import { systemClock } from '../../shared/gcp/clock.ts';
import { FirestoreDeadLetterStore } from '../../shared/gcp/dead-letter-store.ts';
import { FirestoreGapLedger } from '../../shared/gcp/gap-ledger.ts';
import type { Message } from '../../shared/messages/message.ts';
import { LetterOperations } from '../../shared/operator/letter-operations.ts';
import { anEventAt } from '../support/pipeline.ts';
import { runCommand } from '../support/command-run.ts';
import { storedFront } from '../support/fronts.ts';
import { textOf } from '../support/builders.ts';
import { eventually } from '../support/eventually.ts';
import { deliveryMode, LivePipeline } from './live-pipeline.ts';

/** As `npm run dev` has it. */
const local = { GRACE_MS: '3000', RESEND_TIMEOUT_MS: '1000', MIN_CONFIDENCE: '0' };

let pipeline: LivePipeline;
let clean: readonly Message[];
let letters: readonly Message[];

beforeAll(async () => {
  pipeline = await LivePipeline.start({ functions: deliveredTo, envOf: () => local, sweeps: true });
  [clean, letters] = await Promise.all([pipeline.listen('cleaned-events'), pipeline.listen('dead-letter-queue')]);
});

afterAll(async () => {
  expect(await pipeline.stop()).toEqual([]);
});

function ofStream(messages: readonly Message[], stream: string): Message[] {
  return messages.filter(({ attributes }) => attributes.stream === stream);
}

/** The letter as it is filed, once it is. */
async function filed(isIt: (letter: DeadLetter) => boolean): Promise<DeadLetter> {
  const store = new FirestoreDeadLetterStore(await pipeline.letters());
  return eventually('the letter is filed', async () => {
    const found = await Promise.all((await store.list(100)).map(({ id }) => store.find(id)));
    return found.map((letter) => letter?.value).find((letter) => letter && isIt(letter));
  });
}

describe('the sample stream, through real push subscriptions', () => {
  beforeAll(async () => {
    await pipeline.send(...sampleStream);
    await eventually('seven are clean, and four are letters', () => clean.length >= 7 && letters.length >= 4);
  });

  it('comes out as six events of the producer, and one that is said to be reconstructed', () => {
    const came = clean.map((message) => {
      const { event_id, type, timestamp, valid } = JSON.parse(textOf(message)) as Record<string, unknown>;
      return [event_id, type, timestamp, valid, message.attributes.origin].join(' ');
    });
    expect(came.toSorted()).toEqual([
      '1001 LeadCreated 2025-02-09T12:00:00 true producer',
      '1002 CRM_Sync 2025-02-09T12:01:00 true producer',
      '1003 CRM_Sync 2025-02-09T12:01:30 true reconstructed',
      '1004 LeadCreated 2025-02-09T12:02:00 true producer',
      '1005 CRM_Sync 2025-02-09T12:03:00 true producer',
      '1005 CRM_Sync 2025-02-09T12:03:01 true producer',
      '1007 Transaction 2025-02-09T12:04:00 true producer',
    ]);
  });

  it('leaves four dead letters: two duplicates, an incorrect event, and one without an id', () => {
    const came = letters.map((letter) => [letter.attributes['eventmend-code'], textOf(letter)]);
    expect(came.sort()).toEqual([
      ['ERR_DUPLICATE', sampleStream[2]],
      ['ERR_DUPLICATE', sampleStream[7]],
      ['ERR_INCORRECT', sampleStream[6]],
      ['ERR_INVALID_EVENT', sampleStream[8]],
    ]);
  });

  it('is accounted for to its end', async () => {
    const ledger = new FirestoreGapLedger(await pipeline.state());
    const isDone = async () => (await storedFront(ledger))?.watermark === 1007;
    await eventually('the watermark is at the end', isDone);
    expect((await ledger.list('default', 10)).gaps).toMatchObject([{ from: 1003, to: 1003, state: 'reconstructed' }]);
  });

  it('has books that balance', async () => {
    const { stdout, code } = await runCommand(audit, ['--stream', 'default', '--json'], [], pipeline.env);
    const held = { clean: 5, suspect: 0, reconstructed: 1, closed: 1 };
    const front = { from: 1001, to: 1007, scanned: 1007, held, missing: 0, givenUp: 0, difference: 0 };
    expect(JSON.parse(stdout)).toMatchObject({ streams: [{ fronts: [front], difference: 0 }] });
    expect(code).toBe(0);
  });

  it('is in the archive and in the store as it came out', async () => {
    const archive = new FirestoreDeadLetterStore(await pipeline.letters());
    const archived = await eventually('all are filed', async () => {
      const records = await archive.list(100);
      return records.length >= 4 && records;
    });
    expect(archived.map(({ failure }) => failure.code).toSorted()).toEqual(
      letters.map(({ attributes }) => attributes['eventmend-code']!).toSorted(),
    );
    const store = new FirestoreCleanEventStore(await pipeline.state());
    for (const { attributes, data } of clean) {
      const stored = await eventually('it is stored', () => store.find(attributes.idempotency_key!));
      expect(stored).toMatchObject({ event: { attributes, data: Buffer.from(data) } });
    }
  });
});

describe('messages at the edge of what Pub/Sub takes', () => {
  it('files one without data as undecodable', async () => {
    await pipeline.send({ attributes: { stream: 'empty' } });
    const letter = await filed(({ message }) => message.attributes.stream === 'empty');
    expect(letter.failure).toMatchObject({ code: 'ERR_UNDECODABLE', stage: 'validate' });
  });

  it('cleans one with 80 attributes, and all of them arrive', async () => {
    const attributes = { ...manyAttributes(79), stream: 'wide' };
    await pipeline.send({ data: JSON.stringify(anEventAt(1)), attributes });
    const [event] = await eventually(
      'it is clean',
      () => ofStream(clean, 'wide').length > 0 && ofStream(clean, 'wide'),
    );
    expect(event!.attributes).toMatchObject({ ...attributes, origin: 'producer', event_id: '1' });
  });

  it('files one with 100 attributes, the most there are, as too large, and keeps it whole', async () => {
    const attributes = { ...manyAttributes(99), stream: 'too-wide' };
    const data = JSON.stringify(anEventAt(1));
    await pipeline.send({ data, attributes });
    const letter = await filed(({ failure }) => failure.code === 'ERR_TOO_LARGE');
    const kept = await new FirestoreDeadLetterStore(await pipeline.letters()).kept(letter.root, 0);
    expect(kept).toMatchObject({ attributes, data: Buffer.from(data) });
  });
});

/**
 * The emulator's dead-lettering of a push is unreliable, and it tells a push no attempts: the subscription is one to pull from
 * while it gives up. A worker would pull beside the test. How a push's attempts add up is tested on the embedded runtime (test/embedded/pubsub.unit.test.ts).
 */
const describeOfPush = deliveryMode === 'push' ? describe : describe.skip;
describeOfPush('an event on which a subscription gave up', () => {
  it('is filed as a failed delivery, and is clean once it is replayed', async () => {
    const data = JSON.stringify(anEventAt(1));
    const attributes = { stream: 'given-up' };
    const pubsub = await pipeline.pubsub();
    const subscription = pubsub.subscription('validate-events');
    const [{ pushConfig }] = await subscription.getMetadata();
    const deadLetterTopic = pubsub.topic('dead-letter-queue').name;
    await subscription.setMetadata({ deadLetterPolicy: { deadLetterTopic, maxDeliveryAttempts: 5 } });
    await subscription.modifyPushConfig({ pushEndpoint: '' });
    subscription.on('message', (message) => {
      message.nack();
    });
    await pipeline.send({ data, attributes });
    const letter = await filed(({ failure }) => failure.code === 'ERR_DELIVERY');
    await subscription.close();
    await subscription.modifyPushConfig(pushConfig!);
    expect(letter.failure.detail).toMatch(/^subscription validate-events gave up after \d+ deliveries$/);
    expect(textOf(letter.message)).toBe(data);

    const database = await pipeline.state();
    const operator = new LetterOperations({
      letters: new FirestoreDeadLetterStore(await pipeline.letters()),
      blocks: new FirestoreBlockStore(database),
      ledger: new FirestoreGapLedger(database),
      publisher: {
        publish: (topic, { data: bytes, attributes: own }) =>
          pipeline.sendTo(topic, { data: Buffer.from(bytes).toString(), attributes: own }),
      },
      catalog: makeCatalog({}),
      clock: systemClock,
      log: new EmbeddedLog(),
    });
    expect(await operator.replay(letter.id, {}, { by: 'ana', revision: letter.revision })).toMatchObject({
      record: { standing: { state: 'sent' } },
    });
    const [event] = await eventually(
      'it is clean',
      () => ofStream(clean, 'given-up').length > 0 && ofStream(clean, 'given-up'),
    );
    expect(textOf(event!)).toBe(data);
    expect(event!.attributes).toMatchObject({ origin: 'replayed', event_id: '1' });
  });
});

function manyAttributes(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`attribute-${i}`, String(i)]));
}
