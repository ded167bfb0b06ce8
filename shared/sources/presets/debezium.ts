import { plainFormat, type Format } from '../format.ts';
import { unnumbered } from './unnumbered.ts';

/**
 * A change event has no id, so its content is its uuid: without the times at which the connector handled it, and what
 * depends on the connector's state. The body may be in the envelope `{schema, payload}` of Kafka Connect. A tombstone
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
  settings: unnumbered,
};
