import { plainFormat, type Format } from '../format.ts';
import { valueIn } from '../place.ts';
import { unnumbered } from './unnumbered.ts';

/**
 * A change event has no id, so its content is its uuid: without the times at which the connector handled it, and what
 * depends on the connector's state. Heartbeats, and the beginnings and ends of transactions, are no events. The body may be in the envelope `{schema, payload}` of Kafka Connect. A tombstone
 * has no body.
 */
export const debeziumFormat: Format = {
  ...plainFormat,
  name: 'debezium',
  fields: {
    event_id: [],
    // MongoDB has collections in place of tables.
    type: [{ joined: ['/source/table', '/op'] }, { joined: ['/source/collection', '/op'] }],
    timestamp: [{ at: '/source/ts_ms', in: 'ms' }],
    uuid: 'content',
    valid: [],
    data: ['/after'],
  },
  ignore: ['/ts_ms', '/ts_us', '/ts_ns', '/source/sequence', '/source/version', '/transaction'].map((at) => ({ at })),
  under: '/payload',
  dropsEmpty: true,
  isNotice: (body) => isHeartbeat(body) || isTransactionBoundary(body),
  misfitsOf: (body) => {
    if (typeof memberOf(body, 'op') === 'string') return [];
    const isSchemaChange = ['ddl', 'tableChanges'].some((name) => memberOf(body, name) !== undefined);
    return [
      isSchemaChange ? 'op: missing: a change of the schema, and not of a row' : 'op: missing: no change of a row',
    ];
  },
  settings: unnumbered,
};

function memberOf(body: unknown, name: string): unknown {
  return valueIn(body, [name]);
}

/** Whether a body has nothing but times. */
function isHeartbeat(body: unknown): boolean {
  const names = typeof body === 'object' && body !== null ? Object.keys(body) : [];
  return names.length > 0 && names.every((name) => /^ts_(?:ms|us|ns)$/.test(name));
}

function isTransactionBoundary(body: unknown): boolean {
  const isOfTransaction = ['BEGIN', 'END'].includes(String(memberOf(body, 'status')));
  return isOfTransaction && memberOf(body, 'id') !== undefined && memberOf(body, 'op') === undefined;
}
