import { VirtualClock } from '../../shared/embedded/clock.ts';
import { RetryableError } from '../../shared/errors.ts';
import { CloudLog, traceIdOf } from '../../shared/gcp/log.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

/** A log, its clock, and the lines that it wrote, read as JSON. */
function aLog() {
  const clock = new VirtualClock(0);
  const lines: string[] = [];
  const write = (line: string): void => {
    lines.push(line);
  };
  const log = new CloudLog({ projectId: 'my-project', functionName: 'track', clock, countsIntervalMs: 10_000, write });
  return { log, clock, lines, written: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

/** A log line about an error. */
function lineAbout(error: unknown): { errors: object[]; stack_trace: string; text: string } {
  const { log, lines } = aLog();
  log.error('a delivery failed', error);
  return { ...(JSON.parse(lines[0]!) as { errors: object[]; stack_trace: string }), text: lines[0]! };
}

test('a warning is one line of its own severity, which raises no alert', () => {
  const { log, written } = aLog();
  log.warn('stream orders: look at it');
  expect(written()).toEqual([{ severity: 'WARNING', message: 'stream orders: look at it', function: 'track' }]);
});

test('every line of a deployed function has the revision of its sources', () => {
  const lines: string[] = [];
  const write = (line: string): void => {
    lines.push(line);
  };
  const deployed = { projectId: 'my-project', functionName: 'track', revision: '0a1b2c3d4e5f' };
  new CloudLog({ ...deployed, clock: new VirtualClock(0), countsIntervalMs: 1, write }).warn('look at it');
  expect(JSON.parse(lines[0]!)).toMatchObject({ function: 'track', revision: '0a1b2c3d4e5f' });
});

describe('counts', () => {
  it('are written as one line an interval, however many there are', () => {
    const { log, clock, written } = aLog();
    for (let i = 0; i < 1_000; i++) log.count('published');
    log.count('attribute-renamed', 3);
    clock.advance(9_999);
    expect(written()).toEqual([]);
    clock.advance(1);
    expect(written()).toEqual([
      {
        severity: 'INFO',
        message: 'counts',
        function: 'track',
        counts: { published: 1_000, 'attribute-renamed': 3 },
      },
    ]);
  });

  it('begin anew after each line, and no line is written without any', () => {
    const { log, clock, written } = aLog();
    log.count('published');
    clock.advance(100_000);
    log.count('duplicate', 0);
    clock.advance(100_000);
    log.count('duplicate');
    clock.advance(10_000);
    expect(written().map(({ counts }) => counts)).toEqual([{ published: 1 }, { duplicate: 1 }]);
  });

  it('are written at once when the instance ends, and not again', () => {
    const { log, clock, written } = aLog();
    log.count('published');
    log.flush();
    clock.advance(100_000);
    expect(written()).toHaveLength(1);
  });
});

describe('an error', () => {
  it('is written with all its causes, on one line', () => {
    const cause = Object.assign(new Error('14 UNAVAILABLE: no connection'), { code: 14 });
    const { log, lines, written } = aLog();
    log.error('a delivery failed', new RetryableError('writing blocks failed', { cause }));
    expect(lines[0]).not.toContain('\n');
    expect(written()).toMatchObject([
      {
        severity: 'ERROR',
        message: 'a delivery failed',
        function: 'track',
        errors: [
          { name: 'RetryableError', code: 'RETRYABLE', message: 'writing blocks failed' },
          { name: 'Error', code: 14, message: 'UNAVAILABLE' },
        ],
      },
    ]);
    expect(written()[0]!.stack_trace).toMatch(
      /^RetryableError: writing blocks failed\n {4}at .*\nCaused by: Error: UNAVAILABLE\n {4}at /s,
    );
  });

  it('is written under the trace of its request, if that is known', () => {
    const { log, written } = aLog();
    log.error('a delivery failed', new RetryableError('no answer'), traceId);
    log.error('a delivery failed', new RetryableError('no answer'));
    expect(written().map((line) => line['logging.googleapis.com/trace'])).toEqual([
      `projects/my-project/traces/${traceId}`,
      undefined,
    ]);
  });

  it('is written without what it may quote', () => {
    const cause = new Error('6 ALREADY_EXISTS: …/documents/streams/shop/keys/zuleika-1 exists');
    const { errors, text } = lineAbout(new RetryableError('claiming a uuid failed', { cause }));
    expect(errors).toMatchObject([{ message: 'claiming a uuid failed' }, { name: 'Error' }]);
    expect(text).not.toContain('zuleika-1');
  });

  it('may be something that is no error, or go round in a circle', () => {
    const circle = new Error('round');
    circle.cause = circle;
    expect(lineAbout('Zuleika').text).not.toContain('Zuleika');
    expect(lineAbout(circle).errors.length).toBeLessThan(20);
    expect(lineAbout(undefined).errors).toEqual([]);
  });
});

describe('the trace of a request', () => {
  it("is read from either of Cloud Run's headers", () => {
    expect(traceIdOf({ traceparent: `00-${traceId}-00f067aa0ba902b7-01` })).toBe(traceId);
    expect(traceIdOf({ 'x-cloud-trace-context': `${traceId}/123;o=1` })).toBe(traceId);
  });

  it('is not known where no header names it', () => {
    expect(traceIdOf({})).toBeUndefined();
    expect(traceIdOf({ traceparent: 'nonsense', 'x-cloud-trace-context': 'nonsense' })).toBeUndefined();
  });
});

test('how far a stream is accounted for is a line of its own, for metrics and alerts', () => {
  const { log, written } = aLog();
  const gaps = { unresolvedGaps: 1, oldestGapSeconds: 61, doubtfulGaps: 2 };
  const lag = { lag: 3, lagSeconds: 180, newOutliers: 1 };
  const health = { stream: 'orders', highWater: 9, watermark: 6, ...lag, ...gaps };
  log.swept(health);
  expect(written()).toEqual([{ severity: 'INFO', message: 'swept', function: 'track', sweep: health }]);
});
