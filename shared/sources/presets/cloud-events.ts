import { plainFormat, type Format } from '../format.ts';
import type { FieldPlace } from '../place.ts';
import { unnumbered } from './unnumbered.ts';

/**
 * The attribute `source` is a URI, and `id` is unique within it. The body of the binary mode is read as the member
 * `data` of an event whose other members are the attributes `ce-*`.
 */
export function cloudEventsFormat(streamPlaces: readonly FieldPlace[], isNumbered: boolean): Format {
  const isOfOneSource = streamPlaces.includes('/source');
  return {
    ...plainFormat,
    name: 'cloudEvents',
    fields: {
      event_id: isNumbered ? ['/sequence'] : [],
      type: ['/type'],
      timestamp: ['/time'],
      uuid: [isOfOneSource ? '/id' : { joined: ['/source', '/id'] }],
      valid: [],
      data: ['/data', '/data_base64'],
    },
    split: 'array',
    ignore: [{ at: '/traceparent' }, { at: '/tracestate' }],
    isCloudEvents: true,
    settings: isNumbered ? {} : unnumbered,
    requires: ['/specversion', '/id', '/source', '/type'],
    writesIdAsText: true,
    template: { specversion: '1.0' },
    // By it a consumer's parser knows the structured mode, also where the producer sends the binary mode.
    templateAttributes: { 'content-type': 'application/cloudevents+json' },
  };
}
