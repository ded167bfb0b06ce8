import { answerByDefault } from '../../../cli/respond/answer-source.ts';
import { ResendFile } from '../../../cli/respond/event-file.ts';
import { answeredJson, answeredLine } from '../../../cli/respond/report.ts';
import { respondTo, type Answered, type ResponderOptions } from '../../../cli/respond/responder.ts';
import { RetryableError } from '../../../shared/errors.ts';
import type { ReprocessRequest } from '../../../shared/gaps/gap.ts';
import { noon, RecordingPublisher, textOf } from '../../support/builders.ts';
import { Directory } from '../../support/command-run.ts';

const directory = new Directory();

function aRequest(from: number, to: number): ReprocessRequest {
  return { phase: 'resend', stream: 'shop', from, to, attempt: 1, deadlineMs: noon };
}

async function answer(lines: readonly string[], request: ReprocessRequest, over: Partial<ResponderOptions> = {}) {
  const path = await directory.write('events', lines.join('\n'));
  const file = await ResendFile.open(path, undefined, answerByDefault('shop').idOf);
  const publisher = new RecordingPublisher();
  const signal = new AbortController().signal;
  try {
    const answered = await respondTo(request, {
      file,
      publisher,
      source: answerByDefault('shop'),
      voids: false,
      maxGap: 1_000,
      signal,
      ...over,
    });
    return { answered, published: publisher.published };
  } finally {
    await file.close();
  }
}

const four = [1, 2, 4, 6].map((id) => `{"event_id": ${id}, "n": 1.0}`);

describe('an answer', () => {
  it('is the events of the range, byte for byte, marked as possible duplicates', async () => {
    const { answered, published } = await answer(four, aRequest(2, 4));
    expect(published.map(textOf)).toEqual([four[1], four[2]]);
    for (const { topic, attributes } of published)
      expect([topic, attributes]).toEqual(['events', { stream: 'shop', 'possible-duplicate': 'true' }]);
    expect(answered).toMatchObject({ resent: 2, voided: 0, unknown: 1, refused: 0 });
  });

  it('is of its own stream, if the file holds pulled messages of several', async () => {
    const pulled = ['shop', 'depot'].map((stream) => ({
      message: {
        messageId: stream,
        data: Buffer.from(`{"event_id":1,"of":"${stream}"}`).toString('base64'),
        attributes: { stream, trace: 't-1' },
      },
    }));
    const aVoid = {
      message: { messageId: 'v', data: Buffer.from('{"from":3}').toString('base64'), attributes: { void: 'true' } },
    };
    const { published } = await answer([JSON.stringify([...pulled, aVoid])], aRequest(1, 1));
    expect(published.map(textOf)).toEqual(['{"event_id":1,"of":"shop"}']);
    expect(published[0]?.attributes).toEqual({ stream: 'shop', trace: 't-1', 'possible-duplicate': 'true' });
  });

  it('is a void for ids that never existed, where that is asked for', async () => {
    const { answered, published } = await answer(four, aRequest(3, 9), { voids: true });
    expect(published.map(({ attributes }) => attributes.void)).toEqual(['true', undefined, 'true', undefined]);
    expect(published.filter(({ attributes }) => attributes.void).map(textOf)).toEqual([
      '{"stream":"shop","from":3,"to":3}',
      '{"stream":"shop","from":5,"to":5}',
    ]);
    expect(answered).toMatchObject({ resent: 2, voided: 2, unknown: 3 });
  });

  it('to a request for many events is published in pieces, of which one is under way at a time', async () => {
    const publisher = new RecordingPublisher();
    let underway = 0;
    let most = 0;
    const counting = {
      publish: async (...message: Parameters<RecordingPublisher['publish']>) => {
        most = Math.max(most, ++underway);
        await publisher.publish(...message);
        underway--;
      },
    };
    const many = Array.from({ length: 1_001 }, (_, i) => `{"event_id":${i}}`);
    const { answered } = await answer(many, aRequest(0, 1_000), { publisher: counting });
    expect(answered.resent).toBe(1_001);
    expect(publisher.published.map(textOf)).toEqual(many);
    expect(most).toBe(200);
  });

  it('is none where Pub/Sub cannot be reached', async () => {
    const publish = () => Promise.reject(new RetryableError('publishing on events failed'));
    await expect(answer(four, aRequest(1, 6), { publisher: { publish } })).rejects.toThrow(RetryableError);
  });

  it('goes on behind an event that Pub/Sub refuses, and says so', async () => {
    const publisher = new RecordingPublisher();
    const refused = new RetryableError('no', { cause: Object.assign(new Error('too large'), { code: 3 }) });
    const picky = {
      publish: (...[topic, message]: Parameters<RecordingPublisher['publish']>) =>
        textOf(message) === four[1] ? Promise.reject(refused) : publisher.publish(topic, message),
    };
    const { answered } = await answer(four, aRequest(1, 4), { publisher: picky });
    expect(publisher.published.map(textOf)).toEqual([four[0], four[2]]);
    expect(answered).toMatchObject({ resent: 2, refused: 1, unknown: 1 });
  });

  it('ends between two of its pieces when the user ends it', async () => {
    const ending = new AbortController();
    const published: string[] = [];
    const publish = async (...[, message]: Parameters<RecordingPublisher['publish']>) => {
      await Promise.resolve();
      published.push(textOf(message));
      ending.abort();
    };
    const many = Array.from({ length: 1_000 }, (_, i) => `{"event_id":${i}}`);
    const options = { publisher: { publish }, signal: ending.signal };
    await expect(answer(many, aRequest(0, 999), options)).rejects.toThrow(/abort/);
    expect(published).toHaveLength(200);
  });
});

describe('the report of an answer', () => {
  const answered: Answered = { request: aRequest(3, 1_202), resent: 1_000, voided: 1, unknown: 199, refused: 0 };

  it('is a line', () => {
    expect(answeredLine(answered, noon)).toBe(
      'asked for 3–1202 (1,200 ids): 1,000 events resent, 1 id void, 199 ids unknown\n',
    );
    expect(answeredLine({ ...answered, request: aRequest(3, 3), resent: 0, voided: 0, unknown: 1 }, noon)).toBe(
      'asked for 3 (1 id): 0 events resent, 1 id unknown\n',
    );
  });

  it('says that the deadline has passed, and what Pub/Sub did not take', () => {
    expect(answeredLine({ ...answered, voided: 0, unknown: 0, refused: 2 }, noon + 90_001)).toBe(
      'asked for 3–1202 (1,200 ids): 1,000 events resent, 2 events refused by Pub/Sub; its deadline passed 91 s ago\n',
    );
  });

  it('is a JSON object for programs', () => {
    expect(JSON.parse(answeredJson(answered, noon + 1))).toEqual({
      stream: 'shop',
      from: 3,
      to: 1_202,
      attempt: 1,
      deadline: '2025-02-09T12:00:00.000Z',
      isLate: true,
      resent: 1_000,
      voided: 1,
      unknown: 199,
      refused: 0,
    });
  });
});
