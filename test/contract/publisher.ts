import type { Message } from '../../shared/messages/message.ts';
import type { Publisher } from '../../shared/ports.ts';

export interface PublisherSetup {
  readonly publisher: Publisher;
  /** Waits for a number of messages on `events`. @returns All that came since the last call. */
  readonly received: (count: number) => Promise<readonly Message[]>;
}

/** Tests the behaviour that every publisher must have. */
export function describePublisher(name: string, setUp: () => Promise<PublisherSetup>): void {
  describe(`${name} publishes`, () => {
    let publisher: Publisher;
    let received: PublisherSetup['received'];
    beforeAll(async () => {
      ({ publisher, received } = await setUp());
    });

    it('delivers bytes and attributes unchanged', async () => {
      const data = Buffer.from([0, 255, 128, 10]);
      await publisher.publish('events', { data, attributes: { stream: 'default', ünï: '\u{1F4E6}' } });
      expect(await received(1)).toEqual([{ data, attributes: { stream: 'default', ünï: '\u{1F4E6}' } }]);
    });

    it('delivers an attribute that looks like a placeholder of a library as it is', async () => {
      const message = { data: Buffer.from('{"a":"{{projectId}}"}'), attributes: { note: '{{projectId}} is free' } };
      await publisher.publish('events', message);
      expect(await received(1)).toEqual([message]);
    });

    it('delivers ordering keys', async () => {
      const keys = ['a', 'b', 'a'];
      const data = Buffer.from('{}');
      await Promise.all(keys.map((orderingKey) => publisher.publish('events', { data, attributes: {}, orderingKey })));
      expect((await received(3)).map(({ orderingKey }) => orderingKey).toSorted()).toEqual(['a', 'a', 'b']);
    });

    it('delivers a message that has only attributes', async () => {
      await publisher.publish('events', { data: new Uint8Array(), attributes: { void: 'true' } });
      expect(await received(1)).toEqual([{ data: Buffer.alloc(0), attributes: { void: 'true' } }]);
    });

    it('delivers attributes with the names of Object.prototype members', async () => {
      const attributes = JSON.parse('{"__proto__":"p","constructor":"c"}') as Record<string, string>;
      await publisher.publish('events', { data: Buffer.from('{}'), attributes });
      const [message] = await received(1);
      expect(Object.entries(message!.attributes).toSorted()).toEqual([
        ['__proto__', 'p'],
        ['constructor', 'c'],
      ]);
    });

    it('delivers only the given part of a larger buffer', async () => {
      await publisher.publish('events', { data: Buffer.from('before-part-after').subarray(7, 11), attributes: {} });
      expect((await received(1)).map(({ data }) => String(data))).toEqual(['part']);
    });

    it('delivers each of many messages that are published at the same time', async () => {
      const texts = Array.from({ length: 300 }, (_, i) => `message ${String(i).padStart(3, '0')}`);
      await Promise.all(texts.map((text) => publisher.publish('events', { data: Buffer.from(text), attributes: {} })));
      const messages = await received(300);
      expect(messages.map(({ data }) => String(data)).toSorted()).toEqual(texts);
    });

    it('delivers a message of 9 MB together with small ones', async () => {
      const large = Buffer.alloc(9_000_000, 'x');
      const publish = (data: Buffer) => publisher.publish('events', { data, attributes: {} });
      await Promise.all([publish(Buffer.from('a')), publish(large), publish(Buffer.from('b'))]);
      const messages = await received(3);
      expect(messages.map(({ data }) => data.length).toSorted((a, b) => a - b)).toEqual([1, 1, 9_000_000]);
    });
  });
}
