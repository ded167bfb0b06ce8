import { Readable, Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { openEvents } from '../../../cli/input/event-file.ts';
import { ProgressBar } from '../../../cli/screen/progress-bar.ts';
import { publishFile, type Published } from '../../../cli/publish/publish-file.ts';
import { RetryableError } from '../../../shared/errors.ts';
import type { Message } from '../../../shared/messages/message.ts';

/** A publisher that takes what it likes. */
class Topic {
  readonly messages: Message[] = [];
  mostUnderway = 0;
  private underway = 0;
  private readonly problemOf: (text: string) => Error | undefined;

  constructor(problemOf: (text: string) => Error | undefined = () => undefined) {
    this.problemOf = problemOf;
  }

  async publish(_: string, message: Message): Promise<void> {
    this.mostUnderway = Math.max(this.mostUnderway, ++this.underway);
    await new Promise(setImmediate);
    this.underway--;
    const problem = this.problemOf(Buffer.from(message.data).toString());
    if (problem) throw problem;
    this.messages.push(message);
  }

  get texts(): string[] {
    return this.messages.map(({ data }) => Buffer.from(data).toString());
  }
}

async function publish(text: string | Buffer, topic: Topic, signal = new AbortController().signal): Promise<Published> {
  const bar = new ProgressBar(new Writable(), undefined);
  const events = await openEvents(Readable.from([Buffer.from(text as string)]), { name: 'events' });
  const ratePerSecond = Number.POSITIVE_INFINITY;
  return publishFile({ events, topic: 'events', stream: 'shop', ratePerSecond, publisher: topic, bar, signal });
}

/** An error as the adapter throws it, with what Google Cloud answered as its cause. */
function answered(code: number): RetryableError {
  const cause = Object.assign(new Error('Google Cloud said no'), { code });
  return new RetryableError('publishing on events failed', { cause });
}

describe('publishing a file', () => {
  it('publishes each event as it stands there, under its stream', async () => {
    const topic = new Topic();
    const published = await publish('[{"event_id": 1, "n": 1.0},\n {"event_id": 9007199254740993}]', topic);
    expect(topic.texts).toEqual(['{"event_id": 1, "n": 1.0}', '{"event_id": 9007199254740993}']);
    expect(topic.messages.map(({ attributes }) => attributes)).toEqual([{ stream: 'shop' }, { stream: 'shop' }]);
    expect(published).toMatchObject({ count: 2, bytes: 55, unpublished: undefined, isEnded: false });
  });

  it('publishes the data of a pulled message with its attributes, and not what cannot be read', async () => {
    const topic = new Topic();
    const message = {
      messageId: '7',
      attributes: { stream: 'other', void: 'true' },
      data: Buffer.from('{}').toString('base64'),
    };
    const published = await publish(`[${JSON.stringify({ message })},\n{"event_id":2}]`, topic);
    expect(topic.messages).toEqual([{ data: Buffer.from('{}'), attributes: { stream: 'other', void: 'true' } }]);
    expect(published.unpublished).toMatchObject({ count: 1, firstLine: 2 });
  });

  it('publishes what stands in front of a place that cannot be read, and says why it ended', async () => {
    const topic = new Topic();
    const bytes = gzipSync(Array.from({ length: 3_000 }, (_, i) => `{"n":${(i * 7_919) % 10_007}}`).join('\n'));
    const published = await publish(bytes.subarray(0, 6_000), topic);
    expect(published).toMatchObject({ isEnded: true, problem: 'the gzip data ends too early: the file is cut off' });
    expect(topic.messages.length).toBeGreaterThan(500);
    expect(published.count).toBe(topic.messages.length);
  });

  it('has no more than a thousand events under way', async () => {
    const topic = new Topic();
    const { count } = await publish('{}\n'.repeat(5_000), topic);
    expect(count).toBe(5_000);
    expect(topic.mostUnderway).toBeLessThanOrEqual(1_000);
    expect(topic.mostUnderway).toBeGreaterThan(100);
  });

  it('continues after an event that Pub/Sub refuses, and reports its line', async () => {
    const topic = new Topic((text) => (text === '2' ? answered(3) : undefined));
    const { count, unpublished, isEnded } = await publish('1\n\n2\n3\n', topic);
    expect(topic.texts).toEqual(['1', '3']);
    expect({ count, isEnded, unpublished }).toEqual({
      count: 2,
      isEnded: false,
      unpublished: { count: 1, firstLine: 3, reason: 'publishing on events failed: INVALID_ARGUMENT (3)' },
    });
  });

  it('reads no further once Pub/Sub cannot be reached', async () => {
    const topic = new Topic((text) => (Number(text) >= 500 ? answered(14) : undefined));
    const lines = Array.from({ length: 100_000 }, (_, i) => `${i}\n`).join('');
    const { count, unpublished, isEnded } = await publish(lines, topic);
    expect(count).toBe(500);
    expect(isEnded).toBe(true);
    expect(unpublished).toMatchObject({ firstLine: 501 });
    expect(unpublished!.count).toBeLessThanOrEqual(2_000);
  });

  it('ends when the user ends it', async () => {
    const { count, isEnded, unpublished } = await publish('{}\n{}\n', new Topic(), AbortSignal.abort());
    expect({ count, isEnded, unpublished }).toEqual({ count: 0, isEnded: true, unpublished: undefined });
  });
});
