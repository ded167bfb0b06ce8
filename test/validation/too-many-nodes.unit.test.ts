import { maxNodes } from '../../shared/json.ts';
import { assessed, assessedAtMs, attributesFor, fails, isLetter } from '../support/assessments.ts';
import { textOf } from '../support/builders.ts';

describe('an event that has more values and names than are parsed', () => {
  const values = `[${'1,'.repeat(maxNodes)}1]`;
  const tooMany = `data: more than ${maxNodes} values and names`;
  const failure = fails('ERR_TOO_LARGE', tooMany);
  const letter = isLetter('ERR_TOO_LARGE', tooMany);

  it('is too large, though its bytes travel: its id, its key and its root are known', () => {
    const data = `{"event_id":6,"type":"CRM_Sync","timestamp":"2025-02-09T12:00:00","data":${values}}`;
    const { topic, message, storeOversizedUnder } = assessed({ data });
    expect({ topic, ...message.attributes }).toMatchObject({
      ...failure,
      'eventmend-id': '6',
      'eventmend-key': `6/${assessedAtMs}`,
      'eventmend-root': 'events/1',
    });
    expect(textOf(message)).toBe(data);
    expect(storeOversizedUnder).toBeUndefined();
  });

  it('has its uuid for a key where it carries one', () => {
    const data = `{"data":${values},"uuid":"a-1","event_id":6}`;
    expect(attributesFor({ data })).toMatchObject({ ...failure, 'eventmend-key': 'a-1' });
  });

  it('is known by its text when it comes again', () => {
    const hashOf = (data: string) => assessed({ data }).message.attributes['eventmend-hash'];
    expect(hashOf(`{"event_id":6,"a":${values}}`)).toBe(hashOf(`{"event_id":6,"a":${values}}`));
    expect(hashOf(`{"event_id":6,"a":${values}}`)).not.toBe(hashOf(`{"event_id":6,"b":${values}}`));
  });

  it('is a dead letter where its id cannot be read', () => {
    for (const data of [`{"event_id":6.5,"data":${values}}`, `{"event_id":[6],"data":${values}}`, values, `${values}}`])
      expect(attributesFor({ data })).toMatchObject(letter);
  });

  it('has a whole id: one that is rounded is not read', () => {
    const data = `{"event_id":6.00000000000000000001,"data":${values}}`;
    expect(attributesFor({ data })).toMatchObject(letter);
  });

  it('closes no ids as a void', () => {
    const data = `{"from":1,"to":2,"data":${values}}`;
    expect(attributesFor({ data, attributes: { void: 'true' } })).toMatchObject(letter);
  });

  it('and is larger than 9 MB is kept', () => {
    const data = `{"event_id":6,"data":${values},"more":"${'x'.repeat(9_000_000)}"}`;
    const { message, storeOversizedUnder } = assessed({ data });
    expect(message.attributes).toMatchObject({
      'eventmend-detail': 'data: more than 9 MB',
      'eventmend-id': '6',
      'eventmend-body': 'kept',
    });
    expect(storeOversizedUnder).toBe('events/1');
  });
});
