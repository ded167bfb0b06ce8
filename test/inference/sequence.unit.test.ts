import fc from 'fast-check';
import { Sequence } from '../../shared/inference/sequence.ts';
import type { Known } from '../../shared/inference/neighbours.ts';
import { noon } from '../support/builders.ts';

const aKnown = (known: Partial<Known> = {}): Known => ({
  eventId: 1,
  type: 'Lead',
  instantMs: noon,
  entity: 0,
  ...known,
});

test('the first entry of an id is the event: what came later under another key is a revision', () => {
  const sequence = new Sequence([aKnown(), aKnown({ type: 'Call' }), aKnown({ eventId: 2 })]);
  expect([sequence.length, sequence.known(0), sequence.known(1)?.eventId]).toEqual([2, aKnown(), 2]);
});

test('finds an id, and what is above it, as a search through all would', () => {
  const ids = fc.uniqueArray(fc.nat(60)).map((found) => found.sort((a, b) => a - b));
  fc.assert(
    fc.property(ids, fc.integer({ min: -1, max: 61 }), (known, id) => {
      const sequence = new Sequence(known.map((eventId) => aKnown({ eventId })));
      expect(sequence.firstAbove(id)).toBe(known.filter((other) => other <= id).length);
      expect(sequence.has(id)).toBe(known.includes(id));
    }),
  );
});

test('every event leads to the one before and the one after of its entity; of no entity, to none', () => {
  const entity = fc.integer({ min: 0, max: 3 });
  fc.assert(
    fc.property(fc.array(entity, { maxLength: 40 }), (entities) => {
      const sequence = new Sequence(entities.map((about, i) => aKnown({ eventId: i, entity: about })));
      entities.forEach((about, i) => {
        const later = about === 0 ? -1 : entities.indexOf(about, i + 1);
        expect(sequence.laterOfEntity(i)).toBe(later);
        if (later >= 0) expect(sequence.earlierOfEntity(later)).toBe(i);
      });
    }),
  );
});

test('beyond the 254 most frequent types the others are one without a name', () => {
  const types = Array.from({ length: 300 }, (_, i) => `type-${i}`);
  const known = [...types, ...types.slice(0, 254)].map((type, i) => aKnown({ eventId: i, type }));
  const sequence = new Sequence(known);
  expect(sequence.types).toHaveLength(255);
  expect(new Set(sequence.types)).toEqual(new Set([...types.slice(0, 254), '']));
  expect([sequence.known(0)?.type, sequence.known(299)?.type]).toEqual(['type-0', '']);
});
