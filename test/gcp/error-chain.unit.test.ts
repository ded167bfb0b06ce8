import fc from 'fast-check';
import { reasonOf } from '../../cli/reason.ts';
import { InvariantError, RetryableError } from '../../shared/errors.ts';
import { errorChain, stackTrace } from '../../shared/gcp/error-chain.ts';

/** Everything that is told of an error. */
function told(error: unknown): string {
  const chain = errorChain(error);
  return `${JSON.stringify(chain)}\n${stackTrace(chain)}\n${reasonOf(error)}`;
}

/** A value of an event. */
const marker = 'zuleika-4111';
/** Lines that look like call sites. */
const lookalike = `${marker}\n    at ${marker} (/srv/${marker}.js:1:1)\n    at ${marker} (node:internal/${marker}:1:1)\n`;

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

class ForeignError extends Error {}

describe('an error of another library', () => {
  test.each([
    ['14 UNAVAILABLE: no connection', { code: 14 }, { code: 14, message: 'UNAVAILABLE' }],
    ['5 NOT_FOUND', { code: 5, details: marker }, { code: 5, message: 'NOT_FOUND' }],
    ['Forbidden', { code: 403 }, { code: 403, message: 'HTTP status' }],
    [
      'connect ECONNREFUSED 127.0.0.1:1',
      { code: 'ECONNREFUSED', syscall: 'connect' },
      { code: 'ECONNREFUSED', message: 'ECONNREFUSED' },
    ],
    ['getaddrinfo ENOTFOUND x', { code: 'ENOTFOUND' }, { code: 'ENOTFOUND', message: 'ENOTFOUND' }],
    ['too long', { code: 'ERR_STRING_TOO_LONG' }, { code: 'ERR_STRING_TOO_LONG', message: 'ERR_STRING_TOO_LONG' }],
  ])('is reported with its status: %s', (message, properties, expected) => {
    const [report] = errorChain(Object.assign(new ForeignError(message), properties));
    expect(report).toMatchObject({ name: 'ForeignError', ...expected });
    expect(report!.stack[0]).toMatch(/^ {4}at .*error-chain\.unit\.test\.ts:\d+:\d+\)?$/);
  });

  test.each([marker, 4_111, -1, 1.5, 17, Number.NaN, '14', '', marker.toUpperCase(), `ERR_${marker}`, { code: 14 }])(
    'is reported without an invalid code: %p',
    (code) => {
      const [report] = errorChain(Object.assign(new Error('x'), { code }));
      expect(report).not.toHaveProperty('code');
      expect(report!.message).toBe('its message is not shown, since it may quote an event');
    },
  );

  test.each([
    ['an abort', new DOMException(marker, 'AbortError'), 'AbortError'],
    ['a time-out', new DOMException(marker, 'TimeoutError'), 'TimeoutError'],
    ['another', new DOMException(marker, marker), 'DOMException'],
  ])('a DOMException is told: %s', (_, error, name) => {
    expect(errorChain(error)).toMatchObject([{ name }]);
    expect(told(error)).not.toContain(marker);
  });

  test.each([
    ['Node quotes what it could not parse', () => JSON.parse(`{"a": ${marker}}`) as unknown],
    ['without quotation marks', () => JSON.parse(marker) as unknown],
    ['V8 names a member', () => (undefined as unknown as Record<string, unknown>)[marker]],
    ['V8 names what is no function', () => (({ [marker]: 1 }) as unknown as Record<string, () => unknown>)[marker]!()],
    ['Node names what it was given', () => new URL(marker)],
    [
      'a message has several lines',
      () => {
        throw new Error(lookalike);
      },
    ],
    [
      'a message ends in a line break',
      () => {
        throw new Error(`${marker}\n`);
      },
    ],
    [
      'a message is empty',
      () => {
        throw new Error('');
      },
    ],
  ])('is reported without the values that it quotes: %s', (_, run) => {
    const error = thrownBy(run);
    expect(told(error)).not.toContain(marker);
    // An error of another realm has no call sites here: Jest runs tests in a realm of their own.
    if (error instanceof Error) expect(errorChain(error)[0]!.stack.length).toBeGreaterThan(0);
    expect(told(new RetryableError('reading it failed', { cause: error }))).not.toContain(marker);
  });

  test.each<[string, (error: Error) => unknown]>([
    ['its message was changed', (error) => (error.message = 'something else')],
    ['its message was cut to its first line', (error) => (error.message = marker)],
    ['its name was changed', (error) => (error.name = marker)],
    ['its stack was read', ({ stack }) => stack],
    ['its stack was read, and its message changed', (error) => (error.message = (error.stack ?? '').slice(0, 5))],
    ['its stack was written', (error) => (error.stack = `Error: ${error.message}\n    at ${marker} (/srv/x.js:1:1)`)],
    ['another stack was added', (error) => (error.stack = `${error.stack ?? ''}\n    at ${marker} (/srv/x.js:1:1)`)],
    [
      'its stack cannot be read',
      (error) =>
        Object.defineProperty(error, 'stack', {
          get() {
            throw new Error(marker);
          },
        }),
    ],
  ])('nothing is told where %s', (_, change) => {
    const error = new Error(lookalike);
    change(error);
    expect(told(error)).not.toContain(marker);
    expect(errorChain(error)).toHaveLength(1);
  });
});

test('our own errors are told with their messages, however often', () => {
  const error = new RetryableError('writing blocks failed', { cause: new InvariantError('a bug') });
  for (let times = 0; times < 2; times++) {
    const chain = errorChain(error);
    expect(chain).toMatchObject([
      { name: 'RetryableError', code: 'RETRYABLE', message: 'writing blocks failed' },
      { name: 'InvariantError', code: 'INVARIANT', message: 'a bug' },
    ]);
    expect(chain[0]!.stack.length).toBeGreaterThan(0);
    expect(stackTrace(chain)).toMatch(
      /^RetryableError: writing blocks failed\n {4}at .*\nCaused by: InvariantError: a bug\n {4}at /s,
    );
  }
  expect(reasonOf(error)).toBe('writing blocks failed: a bug');
});

test('stacks are formatted as before once an error was told', () => {
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  try {
    Error.prepareStackTrace = () => 'formatted by someone else';
    expect(errorChain(new Error('x'))[0]!.stack.length).toBeGreaterThan(0);
    expect(new Error('y').stack).toBe('formatted by someone else');
  } finally {
    if (before) Object.defineProperty(Error, 'prepareStackTrace', before);
    else Reflect.deleteProperty(Error, 'prepareStackTrace');
  }
});

describe('of several errors', () => {
  test('each is told: those that are together, after the cause of all', () => {
    const together = [Object.assign(new Error(marker), { code: 'ECONNREFUSED' }), new RetryableError('no answer')];
    const error = new AggregateError(together, marker, { cause: new TypeError(marker) });
    expect(errorChain(error)).toMatchObject([
      { name: 'AggregateError' },
      { name: 'TypeError' },
      { name: 'Error', code: 'ECONNREFUSED' },
      { name: 'RetryableError' },
    ]);
    expect(told(error)).not.toContain(marker);
  });

  test('no more than eight are told, though they go round in a circle', () => {
    const circle = new AggregateError([], 'round');
    circle.errors = new Array(1_000_000).fill(circle);
    circle.cause = circle;
    expect(errorChain(circle)).toHaveLength(8);
  });

  test('there may be none', () => {
    expect(errorChain(undefined)).toEqual([]);
    expect(errorChain(null)).toEqual([]);
  });
});

/** Values that hold the marker, to be found wherever they are put. */
const marked = fc.oneof(
  fc.constantFrom(
    marker,
    lookalike,
    `"${marker}"`,
    `Error: ${marker}`,
    `\n    at ${marker} (node:fs:1:1)`,
    `at ${marker}`,
  ),
  fc.tuple(fc.string(), fc.string()).map(([before, after]) => before + marker + after),
);

const anError: fc.Arbitrary<unknown> = fc.letrec<{ error: unknown; made: Error }>((tie) => ({
  made: fc.oneof(
    fc
      .tuple(fc.constantFrom(Error, TypeError, RangeError, ForeignError), marked)
      .map(([Class, message]) => new Class(message)),
    marked.map((text) => thrownBy(() => JSON.parse(`{${text}`)) as Error),
    fc.tuple(marked, marked).map(([message, name]) => new DOMException(message, name)),
    fc
      .tuple(fc.array(tie('error'), { maxLength: 3 }), marked)
      .map(([errors, message]) => new AggregateError(errors, message)),
  ),
  error: fc.oneof(
    { maxDepth: 3 },
    marked,
    marked.map((text) => ({ message: text, stack: text, name: text })),
    marked.map((text) => Symbol(text)),
    fc
      .record({
        error: tie('made'),
        wasRead: fc.boolean(),
        properties: fc.dictionary(
          fc.constantFrom('cause', 'code', 'details', 'errors', 'constructor', 'toString'),
          fc.oneof(marked, tie('error')),
          { maxKeys: 3 },
        ),
        texts: fc.dictionary(fc.constantFrom('name', 'message', 'stack'), marked),
      })
      .map(({ error, wasRead, properties, texts }) => {
        if (wasRead) String(error.stack);
        for (const [name, value] of Object.entries({ ...texts, ...properties })) {
          if (name === 'errors') Object.defineProperty(error, name, { value: [value], configurable: true });
          else Object.defineProperty(error, name, { value, configurable: true, writable: true });
        }
        return error;
      }),
  ),
})).error;

test('no value is told, wherever an error holds it', () => {
  fc.assert(
    fc.property(anError, (error) => {
      expect(told(error)).not.toContain(marker);
      expect(told(new RetryableError('failed', { cause: error }))).not.toContain(marker);
    }),
    { numRuns: 500 },
  );
});
