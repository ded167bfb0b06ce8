import { makeValidate } from '../../functions/validate/handler.ts';
import { EmbeddedDeadLetterStore } from '../../shared/embedded/dead-letter-store.ts';
import { EmbeddedLog } from '../../shared/embedded/log.ts';
import { PendingSteps } from '../../shared/embedded/steps.ts';
import { RetryableError } from '../../shared/errors.ts';
import type { Publisher } from '../../shared/ports.ts';
import { aDelivery, aCrmSync } from '../support/builders.ts';
import { portsInMemory } from '../support/ports.ts';

function setUp(publish: Publisher['publish'] = () => Promise.resolve()) {
  const letters = new EmbeddedDeadLetterStore(new PendingSteps().step);
  const log = new EmbeddedLog();
  const published: string[] = [];
  const publisher: Publisher = {
    publish: async (topic, message) => {
      await publish(topic, message);
      published.push(topic);
    },
  };
  const { handler: validate } = makeValidate(portsInMemory({ publisher, letters, log }));
  return { validate, letters, log, published };
}

describe('validate', () => {
  it('acks once the next topic has the message', async () => {
    const { validate, published } = setUp();
    await validate(aDelivery());
    await validate(aDelivery({ content: 'not JSON' }));
    expect(published).toEqual(['validated-events', 'dead-letter-queue']);
  });

  it('nacks when the message, or its dead letter, cannot be published', async () => {
    const { validate } = setUp(() => Promise.reject(new RetryableError('no topic')));
    await expect(validate(aDelivery())).rejects.toThrow('no topic');
    await expect(validate(aDelivery({ content: 'not JSON' }))).rejects.toThrow('no topic');
  });

  it('stores a body that is too large before it publishes the message that refers to it', async () => {
    const data = JSON.stringify(aCrmSync({ data: 'x'.repeat(9_000_000) }));
    const { validate, letters } = setUp(async () => {
      expect(Buffer.from((await letters.kept('events/1', 0))!.data).toString()).toBe(data);
    });
    await validate(aDelivery({ content: data }));
    expect.assertions(1);
  });

  it('counts what it strips and what it does not know', async () => {
    const { validate, log } = setUp();
    await validate(aDelivery({ attributes: { origin: 'verified', supersedes: 'x' } }));
    expect(Object.fromEntries(log.counts)).toEqual({ 'attribute-renamed': 2, 'unknown-type': 1 });
  });

  it('refuses poison however often it comes, and sends it nowhere', async () => {
    const { validate, published } = setUp();
    await expect(validate(aDelivery({ topic: 'probe-poison' }))).rejects.toThrow(RetryableError);
    expect(published).toEqual([]);
  });
});
