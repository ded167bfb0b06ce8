import { PushEndpoint, type PushEndpointDeps } from '../../functions/push-endpoint.ts';
import { InvariantError, RetryableError } from '../../shared/errors.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { turn } from '../../shared/embedded/steps.ts';
import type { Delivery } from '../../shared/messages/message.ts';

const noon = Date.UTC(2025, 1, 9, 12);

/** An endpoint, what reached its handler, and what it logged. */
function anEndpoint(deps: Partial<PushEndpointDeps> = {}) {
  const handled: Delivery[] = [];
  const errors: { error: unknown; traceId: string | undefined }[] = [];
  const counts: string[] = [];
  const clock = new VirtualClock(noon);
  const endpoint = new PushEndpoint({
    target: 'validate',
    handler: async (delivery) => {
      handled.push(delivery);
    },
    log: {
      count: (counter) => counts.push(counter),
      error: (_, error, traceId) => errors.push({ error, traceId }),
    },
    clock,
    ...deps,
  });
  return { endpoint, handled, errors, counts, clock };
}

function aRequest({ path = '/events', subscription = 'validate-events', attributes = {} } = {}) {
  const message = { data: 'e30=', attributes, messageId: '1', publishTime: '2025-02-09T12:00:00Z' };
  const body = { message, subscription: `projects/my-project/subscriptions/${subscription}` };
  return { path, arrivedAtMs: noon, body };
}

/** A handler, or a hook, that goes on until it is told to end. */
function aLongHandler() {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    handler: () => ended,
    end: () => {
      end();
    },
  };
}

/** Handlers that each go on until the test ends them, the first first. */
function longHandlers() {
  const ends: (() => void)[] = [];
  const handler = () =>
    new Promise<void>((resolve) => {
      ends.push(resolve);
    });
  return { handler, ends };
}

describe('the path of a source', () => {
  it('names the source that a delivery comes from', async () => {
    const { endpoint, handled } = anEndpoint();
    const request = aRequest({ path: '/sources/shop', subscription: 'validate-source-shop' });
    expect(await endpoint.serve(request)).toEqual({ status: 204 });
    expect(handled[0]).toMatchObject({ topic: 'sources/shop', deadlineMs: noon + 55_000 });
  });

  it.each([
    ['/sources/shop', 'validate-events'],
    ['/sources/shop', 'validate-mended-events'],
    ['/sources/shop', 'validate-source-other'],
    ['/mended-events', 'validate-source-shop'],
    ['/events', 'validate-source-shop'],
  ])('%s is refused to the subscription %s', async (path, subscription) => {
    const { endpoint, handled } = anEndpoint();
    expect(await endpoint.serve(aRequest({ path, subscription }))).toMatchObject({ status: 400 });
    expect(handled).toEqual([]);
  });

  it('is served by validate only', async () => {
    const { endpoint } = anEndpoint({ target: 'track' });
    const request = aRequest({ path: '/sources/shop', subscription: 'validate-source-shop' });
    expect(await endpoint.serve(request)).toMatchObject({ status: 400 });
  });
});

describe('a push endpoint', () => {
  it('acks a delivery after its handler returns', async () => {
    const { endpoint, handled, counts } = anEndpoint();
    expect(await endpoint.serve(aRequest())).toEqual({ status: 204 });
    expect(handled).toMatchObject([{ topic: 'events', messageId: '1', data: Buffer.from('{}') }]);
    expect(counts).toEqual(['received']);
  });

  it('nacks a delivery if its handler throws, and logs the error under the trace of the request', async () => {
    const error = new RetryableError('no answer');
    const { endpoint, errors } = anEndpoint({ handler: () => Promise.reject(error) });
    expect(await endpoint.serve({ ...aRequest(), traceId: 'abc' })).toEqual({ status: 500 });
    expect(errors).toEqual([{ error, traceId: 'abc' }]);
  });

  it('nacks a delivery that met a bug, and logs it as a bug, which raises an alert', async () => {
    const told: string[] = [];
    const log = { count: () => undefined, error: (message: string) => told.push(message) };
    for (const error of [new InvariantError('a claim got no verdict'), new TypeError('x is undefined')]) {
      const bug = anEndpoint({ log, handler: () => Promise.reject(error) });
      expect(await bug.endpoint.serve(aRequest())).toEqual({ status: 500 });
    }
    const trouble = anEndpoint({ log, handler: () => Promise.reject(new RetryableError('no answer')) });
    expect(await trouble.endpoint.serve(aRequest())).toEqual({ status: 500 });
    expect(told).toEqual(['a delivery met a bug', 'a delivery met a bug', 'a delivery failed']);
  });

  it('refuses a body that is not a push, without calling the handler', async () => {
    const { endpoint, handled } = anEndpoint();
    expect(await endpoint.serve({ ...aRequest(), body: {} })).toMatchObject({ status: 400 });
    expect(handled).toEqual([]);
  });

  it.each([
    ['a topic that the function does not read', { path: '/cleaned-events', subscription: 'store-cleaned-events' }],
    ['a path that names no topic', { path: '/' }],
    ['a path below one that names a topic', { path: '/events/more' }],
    ["another topic's subscription: only on mended-events is provenance believed", { path: '/mended-events' }],
    ["another function's subscription", { subscription: 'track-validated-events' }],
  ])('turns away %s', async (_, request) => {
    const { endpoint, handled } = anEndpoint();
    expect(await endpoint.serve(aRequest(request))).toMatchObject({ status: 400 });
    expect(handled).toEqual([]);
  });

  it('takes a subscription whose name is not its own, such as one made for a test', async () => {
    const { endpoint, handled } = anEndpoint();
    expect(await endpoint.serve(aRequest({ path: '/mended-events', subscription: 'mine' }))).toEqual({ status: 204 });
    expect(handled).toMatchObject([{ topic: 'mended-events' }]);
  });

  it('acks and drops a message that the filter excludes, since the emulator delivers it', async () => {
    const { endpoint, handled, counts } = anEndpoint({ target: 'reconstruct' });
    const request = { path: '/reprocess-requests', subscription: 'reconstruct-reprocess-requests' };
    expect(await endpoint.serve(aRequest({ ...request, attributes: { phase: 'resend' } }))).toEqual({ status: 204 });
    expect([handled, counts]).toEqual([[], []]);
    expect(await endpoint.serve(aRequest({ ...request, attributes: { phase: 'infer' } }))).toEqual({ status: 204 });
    expect(handled).toHaveLength(1);
  });

  it('gives a delivery a deadline: the ack deadline of the subscriptions that it may come from, less 5 s', async () => {
    const { endpoint, handled } = anEndpoint();
    await endpoint.serve(aRequest());
    const slow = anEndpoint({ target: 'verify' });
    await slow.endpoint.serve(aRequest({ path: '/suspect-events', subscription: 'verify-suspect-events' }));
    expect([handled[0]?.deadlineMs, slow.handled[0]?.deadlineMs]).toEqual([noon + 55_000, noon + 115_000]);
  });

  it('nacks and logs a delivery that is not handled by its deadline, and ignores how it ends afterwards', async () => {
    let fail: (error: unknown) => void = () => undefined;
    const handler = () => new Promise<void>((_, reject) => (fail = reject));
    const { endpoint, errors, clock } = anEndpoint({ handler });
    const answers: unknown[] = [];
    void endpoint.serve({ ...aRequest(), traceId: 'abc' }).then((answer) => answers.push(answer));
    clock.advance(54_999);
    await turn();
    expect(answers).toEqual([]);
    clock.advance(1);
    await turn();
    expect(answers).toEqual([{ status: 503, body: 'deadline exceeded' }]);
    fail(new Error('too late to be heard'));
    await turn();
    expect(errors).toEqual([{ error: new RetryableError('deadline exceeded'), traceId: 'abc' }]);
  });

  it('leaves no timer behind for a delivery that was answered', async () => {
    const { endpoint, clock } = anEndpoint();
    await endpoint.serve(aRequest());
    expect(clock.runNext()).toBe(false);
  });

  it("counts a delivery's time from its arrival, not from when its body was read", async () => {
    const { endpoint, handled, clock } = anEndpoint();
    clock.advance(7_000);
    await endpoint.serve(aRequest());
    expect(handled[0]?.deadlineMs).toBe(noon + 55_000);
  });

  it('ends what it has begun before it closes, and begins nothing more', async () => {
    const { handler, end } = aLongHandler();
    const { endpoint } = anEndpoint({ handler });
    const begun = endpoint.serve(aRequest());
    let isClosed = false;
    const closing = endpoint.close().then(() => {
      isClosed = true;
    });
    expect(await endpoint.serve(aRequest())).toMatchObject({ status: 503 });
    expect(isClosed).toBe(false);
    end();
    await closing;
    expect(await begun).toEqual({ status: 204 });
  });
});

describe('before the last delivery in flight is answered', () => {
  const failing = () => Promise.reject(new RetryableError('no answer'));

  it('awaits beforeIdle, and not before earlier deliveries', async () => {
    const { handler, ends } = longHandlers();
    const hook = longHandlers();
    const { endpoint } = anEndpoint({ handler, beforeIdle: hook.handler });
    const answered: string[] = [];
    void endpoint.serve(aRequest()).then(() => answered.push('first'));
    void endpoint.serve(aRequest()).then(() => answered.push('last'));
    ends[0]?.();
    await turn();
    expect([answered, hook.ends.length]).toEqual([['first'], 0]);
    ends[1]?.();
    await turn();
    expect([answered, hook.ends.length]).toEqual([['first'], 1]);
    hook.ends[0]?.();
    await turn();
    expect(answered).toEqual(['first', 'last']);
  });

  it.each([
    ['is acked', {}, {}, 204],
    ['fails', { handler: failing }, {}, 500],
    ['is turned away', {}, { path: '/' }, 400],
  ])('awaits it when that delivery %s', async (_, deps, request, status) => {
    let calls = 0;
    const beforeIdle = async () => {
      calls++;
    };
    const { endpoint } = anEndpoint({ ...deps, beforeIdle });
    expect(await endpoint.serve(aRequest(request))).toMatchObject({ status });
    expect(calls).toBe(1);
  });

  it('awaits it when that delivery is not handled by its deadline', async () => {
    const hook = aLongHandler();
    const { endpoint, clock } = anEndpoint({ handler: aLongHandler().handler, beforeIdle: hook.handler });
    const answers: unknown[] = [];
    void endpoint.serve(aRequest()).then((answer) => answers.push(answer));
    clock.advance(55_000);
    await turn();
    clock.advance(1_999);
    await turn();
    expect(answers).toEqual([]);
    hook.end();
    await turn();
    expect(answers).toMatchObject([{ status: 503 }]);
  });

  it('answers the same when beforeIdle fails, and logs why', async () => {
    const error = new RetryableError('the store is away');
    const { endpoint, errors } = anEndpoint({ beforeIdle: () => Promise.reject(error) });
    expect(await endpoint.serve({ ...aRequest(), traceId: 'abc' })).toEqual({ status: 204 });
    expect(errors).toEqual([{ error, traceId: 'abc' }]);
  });

  it('waits for beforeIdle until the deadline of the delivery, and no longer', async () => {
    const { endpoint, errors, clock } = anEndpoint({ beforeIdle: aLongHandler().handler });
    const answers: unknown[] = [];
    void endpoint.serve(aRequest()).then((answer) => answers.push(answer));
    await turn();
    clock.advance(54_999);
    await turn();
    expect(answers).toEqual([]);
    clock.advance(1);
    await turn();
    expect(answers).toEqual([{ status: 204 }]);
    expect(errors).toHaveLength(1);
  });

  it('calls beforeIdle again for a delivery that came during the call: the first may have missed what it left to do', async () => {
    const hook = longHandlers();
    const { endpoint } = anEndpoint({ beforeIdle: hook.handler });
    const answered: string[] = [];
    void endpoint.serve(aRequest()).then(() => answered.push('first'));
    await turn();
    void endpoint.serve(aRequest()).then(() => answered.push('second'));
    await turn();
    expect([answered, hook.ends.length]).toEqual([[], 2]);
    hook.ends[0]?.();
    await turn();
    expect(answered).toEqual(['first']);
    hook.ends[1]?.();
    await turn();
    expect(answered).toEqual(['first', 'second']);
  });
});
