import type { Console } from '../../functions/console/handler.ts';
import { makeConsole } from '../../functions/console/handler.ts';
import type { AuditTrail } from '../../shared/letter-ports.ts';
import { turn } from '../../shared/embedded/steps.ts';
import { aLetter, ConsoleUnderTest, noon } from './builders.ts';

const pollMs = 1_000;

test('a client that goes away ends its feed at once, and nothing is read for it any more', async () => {
  const shown = new FeedUnderTest();
  const gone = new AbortController();
  const feed = await shown.follow(gone.signal);
  const next = feed.next();
  gone.abort();
  expect(await next).toMatchObject({ done: true });
  await shown.poll();
  expect(shown.polls).toBe(0);
});

test('a client that goes away while a change is on its way ends its feed too', async () => {
  const shown = new FeedUnderTest();
  const gone = new AbortController();
  const feed = await shown.follow(gone.signal);
  const next = feed.next();
  const history = [{ atMs: noon, by: 'archive', did: 'filed', replay: 0 } as const];
  await shown.under.file(aLetter({ history }));
  await shown.poll();
  expect((await next).value).toContain('event: letter');
  gone.abort();
  expect(await feed.next()).toMatchObject({ done: true });
});

test('the clients of an instance share one poll a second, also if some came and went before', async () => {
  const shown = new FeedUnderTest();
  for (let i = 0; i < 3; i++) {
    const gone = new AbortController();
    const ending = (await shown.follow(gone.signal)).next();
    gone.abort();
    await ending;
  }
  for (const feed of [await shown.follow(), await shown.follow()]) void feed.next();
  await shown.poll();
  expect(shown.polls).toBe(1);
});

test('a client that follows streams hears which were swept, and nothing is read for one that does not', async () => {
  const shown = new FeedUnderTest();
  const { under } = shown;
  for (const stream of ['orders', 'audit']) {
    await under.hold(stream, [1]);
    await under.progress(stream, { sweptAtMs: noon });
  }
  const progress = jest.spyOn(under.deps.ledger, 'progress');
  const others = await shown.follow();
  void others.next();
  await shown.poll();
  expect(progress).not.toHaveBeenCalled();

  const feed = await shown.follow(undefined, 'streams=true');
  const heard: string[] = [];
  const listen = async (): Promise<void> => {
    heard.push((await feed.next()).value as string);
    return listen();
  };
  void listen();
  await shown.poll();
  await resave(under, 'orders', noon + 60_000);
  for (let i = 0; i < 15; i++) await shown.poll();
  expect(heard.filter((line) => line !== ': \n\n')).toEqual(['event: streams\ndata: {"streams":["orders"]}\n\n']);
  // Two looks at two streams, fifteen seconds apart.
  expect(progress).toHaveBeenCalledTimes(5);
});

async function resave({ ledger }: ConsoleUnderTest, stream: string, sweptAtMs: number): Promise<void> {
  const { value, version } = (await ledger.progress(stream))!;
  await ledger.saveProgress(stream, { ...value, sweptAtMs }, version);
}

/** A console that counts how often the audit trail is read for the feed. */
class FeedUnderTest {
  readonly under = new ConsoleUnderTest();
  polls = 0;
  private readonly console: Console;

  constructor() {
    const { auditTrail } = this.under.deps;
    const since: AuditTrail['since'] = (position, limit) => {
      this.polls++;
      return auditTrail.since(position, limit);
    };
    const counted = { note: auditTrail.note.bind(auditTrail), latest: auditTrail.latest.bind(auditTrail), since };
    this.console = makeConsole({ ...this.under.deps, auditTrail: counted });
  }

  /** Opens a feed, and takes its first line. */
  async follow(gone?: AbortSignal, query = ''): Promise<AsyncIterator<string>> {
    const request = { method: 'GET', path: '/api/changes', query: new URLSearchParams(query), ...(gone && { gone }) };
    const feed = (await this.console(request)).rest![Symbol.asyncIterator]();
    await feed.next();
    return feed;
  }

  async poll(): Promise<void> {
    await turn();
    this.under.clock.advance(pollMs);
    await turn();
  }
}
