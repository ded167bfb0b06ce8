import fc from 'fast-check';
import type { ConsoleRequest } from '../../functions/console/handler.ts';
import { data, message, type FuzzMessage } from './messages.ts';

/** Makes the body of a correct push. */
export function aPush({ data: bytes, attributes }: FuzzMessage, messageId: string): object {
  return {
    message: {
      data: Buffer.from(bytes).toString('base64'),
      attributes,
      messageId,
      publishTime: '2025-02-09T12:00:00.123Z',
    },
    subscription: 'projects/p/subscriptions/validate-events',
    deliveryAttempt: 1,
  };
}

const anything = fc.anything({ withBigInt: false, withDate: false, withNullPrototype: true, maxDepth: 3 });

/** Request bodies: arbitrary values, and pushes with one wrong member. */
export const body: fc.Arbitrary<unknown> = fc.oneof(
  anything,
  fc
    .tuple(message, fc.constantFrom('data', 'attributes', 'messageId', 'publishTime'), anything)
    .map(([sent, name, value]) => {
      const push = aPush(sent, '1') as { message: object };
      return { ...push, message: { ...push.message, [name]: value } };
    }),
  fc
    .tuple(message, fc.constantFrom('message', 'subscription', 'deliveryAttempt'), anything)
    .map(([sent, name, value]) => ({
      ...aPush(sent, '1'),
      [name]: value,
    })),
  data.map((bytes) => Buffer.from(bytes).toString('latin1')),
);

const piece = fc.oneof(
  fc.constantFrom(
    'api',
    'streams',
    'dead-letters',
    'gaps',
    'default',
    'global',
    'counted',
    '',
    '..',
    '.',
    '%',
    '%00',
    '%ff',
    '%2F',
  ),
  fc.string({ maxLength: 12 }).map(encodeWell),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('a'.repeat(5_000), '/'.repeat(500), '%61'.repeat(500), '__proto__', 'constructor'),
);

const path = fc.oneof(
  fc.constantFrom('/', '/api/streams', '/api/dead-letters', '/api/streams/default/gaps', '/api/streams/global/gaps'),
  fc.array(piece, { maxLength: 6 }).map((pieces) => `/${pieces.join('/')}`),
  fc.array(piece, { maxLength: 3 }).map((pieces) => ['/api', ...pieces].join('/')),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

const query = fc.oneof(
  fc.constant(''),
  fc
    .constantFrom('0', '1', '500', '501', '-1', '1e2', '0x1', '９', '', ' 1', '1 ', '9'.repeat(400))
    .map((limit) => `limit=${limit}`),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

const method = fc.oneof(
  { weight: 8, arbitrary: fc.constant('GET') },
  { weight: 1, arbitrary: fc.constantFrom('HEAD', 'POST', 'PUT', 'DELETE', 'get', '', '__proto__') },
);

export const consoleRequest: fc.Arbitrary<ConsoleRequest> = fc
  .record({ method, path, query })
  .map((request) => ({ ...request, query: new URLSearchParams(request.query) }));

/** Bytes that a client may send to a web server. */
export const rawRequest: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc
    .tuple(method, path, query, fc.constantFrom('localhost', '127.0.0.1:80', 'evil.example', ''))
    .map(([verb, where, what, host]) =>
      Buffer.from(`${verb} ${where}?${what} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`, 'latin1'),
    ),
  fc.uint8Array({ maxLength: 200 }),
);

function encodeWell(part: string): string {
  return encodeURIComponent(part.toWellFormed());
}
