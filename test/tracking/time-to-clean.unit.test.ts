import { makeCatalog } from '../../shared/catalog-definition.ts';
import { decodeRouting } from '../../shared/messages/routing.ts';
import { assess } from '../../shared/validation/assess.ts';
import { cleanCounters, lateAfterSeconds } from '../../shared/tracking/time-to-clean.ts';
import { aDelivery, aRoutedDelivery, noon } from '../support/builders.ts';
import { Pipeline, anEventAt, startMs } from '../support/pipeline.ts';
import { noRecords, recordsWith, typeWithNote } from '../support/records.ts';

/** The counters of an event that became clean after some seconds. */
const after = (seconds: number, answer?: number): readonly string[] =>
  cleanCounters({ receivedAtMs: startMs, answer }, startMs + seconds * 1_000);

describe('an event that became clean', () => {
  it('counts as late by every time that it took longer than', () => {
    expect(after(0.4)).toEqual(['clean-direct']);
    expect(after(61)).toEqual([
      'clean-direct',
      'clean-direct-over-1s',
      'clean-direct-over-5s',
      'clean-direct-over-15s',
      'clean-direct-over-60s',
    ]);
    expect(after(1_000_000)).toHaveLength(1 + lateAfterSeconds.length);
  });

  it.each(lateAfterSeconds)('is in time after just %d s, and late a millisecond later', (seconds) => {
    expect(after(seconds)).not.toContain(`clean-direct-over-${seconds}s`);
    expect(after(seconds + 0.001)).toContain(`clean-direct-over-${seconds}s`);
  });

  it('is in time if the clock of the instance is behind that of Pub/Sub', () => {
    expect(after(-3)).toEqual(['clean-direct']);
  });

  it('counts apart if verify was asked, which waits for a system of record', () => {
    expect(after(2, 7)).toEqual(['clean-checked', 'clean-checked-over-1s']);
  });
});

describe('the time to clean', () => {
  /** Runs events through the pipeline and returns the counters of those that became clean. */
  const countersOf = ({ runtime }: Pipeline): object =>
    Object.fromEntries([...runtime.log.counts].filter(([counter]) => counter.startsWith('clean-')));

  it('begins when the producer’s message was published, and not when validate passed it on', async () => {
    const pipeline = new Pipeline();
    await pipeline.runtime.pubsub.publish('validated-events', aRoutedDelivery({ receivedAtMs: startMs - 20_000 }));
    await pipeline.runtime.drain();
    expect(countersOf(pipeline)).toMatchObject({ 'clean-direct': 1, 'clean-direct-over-15s': 1 });
    expect(countersOf(pipeline)).not.toHaveProperty('clean-direct-over-60s');
  });

  it('includes the time in which the message waited for validate', async () => {
    const { events } = assess(aDelivery({ publishedAtMs: noon }), makeCatalog({}), noon + 20_000);
    const received = [...events].map(({ message }) => decodeRouting(message.attributes).receivedAtMs);
    expect(received).toEqual([noon]);
  });

  it('includes the way by verify', async () => {
    const systems = new Map([['hubspot', recordsWith()] as const]);
    const pipeline = new Pipeline({ catalog: { types: { CRM_Sync: typeWithNote } }, systems });
    await pipeline.send(anEventAt(1, { valid: false }), anEventAt(2));
    expect(countersOf(pipeline)).toEqual({ 'clean-checked': 1, 'clean-direct': 1 });
  });

  it('is not that of a replay, which an operator began', async () => {
    const systems = new Map([['hubspot', noRecords] as const]);
    const pipeline = new Pipeline({ catalog: { types: { CRM_Sync: typeWithNote } }, systems });
    await pipeline.send(anEventAt(1, { valid: false }));
    await pipeline.replayAll({ edited: Buffer.from(JSON.stringify(anEventAt(1))) });
    expect(pipeline.clean).toHaveLength(1);
    expect(countersOf(pipeline)).toEqual({});
  });

  it('cannot be set by a producer', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendWith({ 'eventmend-received': '1' }, anEventAt(1));
    expect(countersOf(pipeline)).toEqual({ 'clean-direct': 1 });
  });
});
