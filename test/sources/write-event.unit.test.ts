import { makeCatalog } from '../../shared/catalog-definition.ts';
import { cloudEvents } from '../../shared/sources/presets.ts';
import type { SourceDefinition } from '../../shared/sources/source.ts';
import { writeEvent } from '../../shared/sources/write-event.ts';
import { noon } from '../support/builders.ts';
import { readOnly, sourceName } from '../support/readings.ts';

const known = { eventId: 41, type: 'order.paid', instantMs: noon, root: 'inferred/s/41' };

function write(definition: SourceDefinition, stream: string) {
  const { sources } = makeCatalog({ sources: { [sourceName]: definition } });
  return writeEvent(sources.find(sourceName)!, { ...known, stream });
}

describe('an event that no message brought', () => {
  const numbered = { stream: ['/source', '/partition'], fields: cloudEvents({ sequence: true }) };

  it('is a CloudEvent in a stream of CloudEvents: all that the specification requires is there', () => {
    expect(write(numbered, 'shop~.~2forders~2f1~.7')).toEqual({
      body: {
        specversion: '1.0',
        id: 'inferred/s/41',
        source: '/orders/1',
        type: 'order.paid',
        time: '2025-02-09T12:00:00.000Z',
        sequence: '41',
        partition: '7',
      },
      attributes: { 'content-type': 'application/cloudevents+json' },
    });
  });

  it('is read by its source in the stream, with the id, type and time that it was written with', () => {
    const written = write(numbered, 'shop~.~2forders~2f1~.7');
    if (typeof written === 'string') throw new Error(written);
    expect(readOnly(numbered, written.body)).toMatchObject({
      stream: 'shop~.~2forders~2f1~.7',
      members: { event_id: 41, type: 'order.paid', timestamp: '2025-02-09T12:00:00.000Z' },
      problems: [],
    });
  });

  it('has its fields at the places of its source, and the members of the template', () => {
    const fields = {
      event_id: '/meta/seq',
      type: 'attribute:kind',
      timestamp: { at: '/meta/at', in: 'ms' as const },
      uuid: '/meta/id',
      valid: '/ok',
    };
    expect(write({ fields, template: { meta: { version: 2 }, origin: 'inferred' } }, 'shop')).toEqual({
      body: { meta: { version: 2, seq: 41, at: noon, id: 'inferred/s/41' }, origin: 'inferred', ok: true },
      attributes: { kind: 'order.paid' },
    });
  });

  it.each<[string, SourceDefinition, string, string]>([
    [
      'a required member stays open',
      { fields: cloudEvents() },
      'shop',
      'nothing can be written at a field without a place',
    ],
    [
      'the name of its stream was cut',
      numbered,
      `shop~.${'x'.repeat(80)}~~0123456789abcdef`,
      'the name of the stream was cut',
    ],
    [
      'a value is the ordering key',
      { fields: { type: 'ordering-key' } },
      'shop',
      'nothing can be written at ordering-key',
    ],
  ])('is not written where %s', (_, definition, stream, reason) => {
    expect(write(definition, stream)).toContain(reason);
  });
});
