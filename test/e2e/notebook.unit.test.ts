import { sampleStream } from '../../cli/start/sample-stream.ts';
import { catalog } from '../../shared/catalog.ts';
import { withStreamSettings } from '../../shared/catalog-definition.ts';
import { textOf } from '../support/builders.ts';
import { storedFront } from '../support/fronts.ts';
import { Pipeline, noWaitSettings } from '../support/pipeline.ts';

describe('the sample stream', () => {
  const pipeline = new Pipeline({ catalog: withStreamSettings(catalog, noWaitSettings) });

  beforeAll(async () => {
    await pipeline.send(...sampleStream);
    await pipeline.runtime.sweepUntilQuiet();
  });

  it('comes out as six events of the producer, and one that is said to be reconstructed', () => {
    const came = pipeline.clean.map((message) => {
      const { event_id, type, timestamp, valid } = JSON.parse(textOf(message)) as Record<string, unknown>;
      return [event_id, type, timestamp, valid, message.attributes.origin];
    });
    expect(came).toEqual([
      [1001, 'LeadCreated', '2025-02-09T12:00:00', true, 'producer'],
      [1002, 'CRM_Sync', '2025-02-09T12:01:00', true, 'producer'],
      [1004, 'LeadCreated', '2025-02-09T12:02:00', true, 'producer'],
      [1005, 'CRM_Sync', '2025-02-09T12:03:00', true, 'producer'],
      [1005, 'CRM_Sync', '2025-02-09T12:03:01', true, 'producer'],
      [1007, 'Transaction', '2025-02-09T12:04:00', true, 'producer'],
      [1003, 'CRM_Sync', '2025-02-09T12:01:30', true, 'reconstructed'],
    ]);
  });

  it('leaves four dead letters: two duplicates, an incorrect event, and one without an id', () => {
    const letters = pipeline.letters.map((letter) => [letter.attributes['eventmend-code'], textOf(letter)]);
    expect(letters.sort()).toEqual([
      ['ERR_DUPLICATE', sampleStream[2]],
      ['ERR_DUPLICATE', sampleStream[7]],
      ['ERR_INCORRECT', sampleStream[6]],
      ['ERR_INVALID_EVENT', sampleStream[8]],
    ]);
  });

  it('publishes the producer’s bytes, but for the `valid` that was missing', () => {
    const [first] = pipeline.clean;
    expect(textOf(first!)).toBe(sampleStream[0]);
    const repaired = pipeline.clean.find(({ attributes }) => attributes.event_id === '1007');
    expect(textOf(repaired!)).toBe(
      '{"event_id": 1007, "type": "Transaction", "timestamp": "2025-02-09T12:04:00","valid":true}',
    );
    expect(repaired!.attributes.repaired).toBe('valid');
  });

  it('is accounted for to its end', async () => {
    expect(await storedFront(pipeline.runtime.ledger)).toEqual({ first: 1001, highWater: 1007, watermark: 1007 });
    expect((await pipeline.runtime.ledger.list('default', 10)).gaps).toMatchObject([
      { from: 1003, to: 1003, state: 'reconstructed' },
    ]);
  });

  it('is in the archive and in the store as it came out', async () => {
    const archived = await pipeline.runtime.letters.list(10);
    expect(archived.map(({ failure }) => failure.code).sort()).toEqual(pipeline.codes.sort());
    for (const { attributes } of pipeline.clean) {
      expect(pipeline.runtime.events.find(attributes.idempotency_key!)).toMatchObject({ event: { attributes } });
    }
  });
});
