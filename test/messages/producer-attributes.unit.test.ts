import fc from 'fast-check';
import { attributeNames } from '../../shared/messages/attributes.ts';
import { producerAttribute, renameAnswers, renameReserved } from '../../shared/messages/producer-attributes.ts';

const onEvents = { namesStream: true, answers: true };
const onSource = { namesStream: false, answers: false };

const all = Object.fromEntries(Object.values(attributeNames).map((name) => [name, 'x']));

test('on events, a producer keeps only the attributes that are its own to set', () => {
  const { attributes } = renameReserved(all, onEvents);
  const kept = Object.keys(attributes).filter((name) => !name.startsWith('producer-'));
  expect(kept.toSorted()).toEqual(['event_id', 'possible-duplicate', 'stream', 'type', 'void']);
});

test('on another source, also what names streams, types and ids is renamed, and what marks an answer', () => {
  const given = { stream: 'a', type: 'b', event_id: '1', void: 'true', 'possible-duplicate': 'true', mine: 'c' };
  expect(renameReserved(given, onSource)).toEqual({
    renamed: 5,
    attributes: {
      'producer-stream': 'a',
      'producer-type': 'b',
      'producer-event_id': '1',
      'producer-void': 'true',
      'producer-possible-duplicate': 'true',
      mine: 'c',
    },
  });
  expect(renameReserved(given, { ...onSource, answers: true }).attributes).toMatchObject({
    void: 'true',
    'possible-duplicate': 'true',
  });
  expect(renameAnswers(given, onSource)).toMatchObject({ stream: 'a', 'producer-void': 'true' });
});

test('an attribute that a producer set under the new name moves on', () => {
  const given = { origin: 'a', 'producer-origin': 'b', 'producer-producer-origin': 'c' };
  const { attributes } = renameReserved(given, onEvents);
  expect(attributes['producer-origin']).toBe('a');
  expect(Object.values(attributes).toSorted()).toEqual(['a', 'b', 'c']);
});

test('an attribute is read as its producer set it, also after it was renamed, and never as Eventmend set it', () => {
  const { attributes } = renameReserved({ type: 'theirs', other: 'plain', void: 'v' }, onSource);
  const passedOn = { ...attributes, type: 'ours', stream: 'ours' };
  expect(producerAttribute(passedOn, 'type')).toBe('theirs');
  expect(producerAttribute(passedOn, 'other')).toBe('plain');
  expect(producerAttribute(passedOn, 'void')).toBe('v');
  expect(producerAttribute(passedOn, 'stream')).toBeUndefined();
});

test('a name that would be too long for Pub/Sub is cut, and stays its own', () => {
  const long = `eventmend-${'x'.repeat(246)}`;
  const { attributes } = renameReserved({ [long]: 'a', [`${long.slice(0, -1)}y`]: 'b' }, onEvents);
  const names = Object.keys(attributes);
  expect(names).toHaveLength(2);
  expect(names.every((name) => Buffer.byteLength(name) <= 256)).toBe(true);
});

test('no value is lost, and no name of Eventmend remains', () => {
  const name = fc.oneof(
    fc.constantFrom(...Object.values(attributeNames), 'root', 'producer-root', 'producer-producer-root', '__proto__'),
    fc.string({ maxLength: 8 }),
  );
  fc.assert(
    fc.property(fc.dictionary(name, fc.string(), { noNullPrototype: true }), (given) => {
      const { attributes } = renameReserved(given, onSource);
      expect(Object.values(attributes).toSorted()).toEqual(Object.values(given).toSorted());
      expect(Object.keys(attributes).filter((each) => Object.hasOwn(all, each))).toEqual([]);
    }),
  );
});
