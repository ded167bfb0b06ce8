import { gzipSync } from 'node:zlib';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { twilio } from '../../shared/sources/presets.ts';
import { readCheckedEvent } from '../../shared/verification/checked-event.ts';
import { aDelivery, aRouting, noon } from '../support/builders.ts';

const { sources } = makeCatalog({
  sources: { calls: { fields: twilio() }, shop: { fields: { valid: '/ok', event_id: '/n' } } },
});

function read(content: string | Uint8Array, from?: string) {
  const facts = { ...aRouting().facts, source: from === undefined ? undefined : { name: from, position: undefined } };
  const delivery = aDelivery({ ...(typeof content === 'string' ? { content } : { data: content }) });
  return readCheckedEvent(delivery, { ...aRouting(), instantMs: noon, facts }, sources);
}

describe('an event is read for its comparison', () => {
  it('from JSON, which may be edited in the default format', () => {
    const event = read('{"data":{"sum":1.0},"valid":false}');
    expect(event.values?.textAt('/data/sum')).toBe('1.0');
    expect(event).toMatchObject({ isEditable: true, isValid: false, atMs: noon });
  });

  it('from a form, whose values are texts, and which is never edited', () => {
    const event = read('MessageSid=SM1&To=%2B1500', 'calls');
    expect(event.values?.textAt('/To')).toBe('"+1500"');
    expect(event).toMatchObject({ isEditable: false, isValid: true });
  });

  it('from compressed JSON, which is never edited', () => {
    const event = read(gzipSync('{"data":{"sum":1}}'));
    expect(event.values?.textAt('/data/sum')).toBe('1');
    expect(event.isEditable).toBe(false);
  });

  it('with its own word about whether it is valid where its source has it', () => {
    expect(read('{"n":1,"ok":false}', 'shop')).toMatchObject({ isValid: false, isEditable: false });
    expect(read('{"n":1,"ok":true,"valid":false}', 'shop').isValid).toBe(true);
  });

  it('as one of which nothing is known, if the catalog no longer has its source', () => {
    expect(read('{"valid":true}', 'gone')).toMatchObject({ values: undefined, isValid: false });
  });
});
