import fc from 'fast-check';
import { ownMember, requiredMembers } from '../../shared/event.ts';
import { draws, jsonNode, jsonObject, spell, type Member, type Node } from '../support/json-arbitraries.ts';
import { attributesFor } from '../support/assessments.ts';

const seed = fc.nat();
const text = (content: string): Node => ({ kind: 'string', content });
const number = (spelt: string): Node => ({ kind: 'number', text: spelt });
const none: Node = { kind: 'literal', text: 'null' };

/** Spellings of one value of a field. Undefined: the event does not have the field. */
const sameFields: Readonly<Record<string, readonly (Node | undefined)[]>> = {
  event_id: [number('6'), number('6.0'), number('60e-1')],
  type: [text('T')],
  timestamp: ['2025-02-09T12:00:00Z', '20250209T130000+01', '2025-W06-7 12:00', '2025-02-08T24:00-12:00'].map(text),
  uuid: ['0f8b1c1e-1111-4a4a-8b8b-00000000abcd', '0F8B1C1E-1111-4A4A-8B8B-00000000ABCD'].map(text),
  valid: [{ kind: 'literal', text: 'true' }, none, undefined],
  data: [none, undefined],
};
const fieldNames = new Set([...Object.keys(sameFields), ownMember]);
const otherMembers = jsonObject.map(({ members }) => members.filter(({ name }) => !fieldNames.has(name)));

/** One of the spellings of an event. */
function respell(others: readonly Member[], spelling: number): string {
  const draw = draws(spelling);
  const fields = Object.entries(sameFields).flatMap(([name, values]): Member[] => {
    const value = values[Math.floor(draw() * values.length)];
    return value ? [{ name, value }] : [];
  });
  return spell({ kind: 'object', members: [...fields, ...others] }, draw);
}

function identityIn(data: string) {
  const { topic, 'eventmend-key': key, 'eventmend-hash': hash } = attributesFor({ data }) as Record<string, string>;
  return { topic, key, hash };
}

test('an event has one key and one hash, in whatever spelling its fields and members come', () => {
  fc.assert(
    fc.property(otherMembers, seed, seed, (others, one, other) => {
      const identity = identityIn(respell(others, one));
      expect(identity).toMatchObject({ topic: 'validated-events', key: '0f8b1c1e-1111-4a4a-8b8b-00000000abcd' });
      expect(identityIn(respell(others, other))).toEqual(identity);
    }),
    { numRuns: 200 },
  );
});

test('whatever stands in the place of a field, the event becomes one message with a detail of at most 1,000 bytes', () => {
  const name = fc.constantFrom(...Object.keys(sameFields));
  fc.assert(
    fc.property(fc.array(fc.tuple(name, jsonNode), { maxLength: 8 }), seed, (fields, spelling) => {
      const members = fields.map(([field, value]) => ({ name: field, value }));
      const attributes = attributesFor({ data: spell({ kind: 'object', members }, draws(spelling)) });
      const detail = (attributes as Record<string, string>)['eventmend-detail'] ?? '';
      expect(Buffer.byteLength(detail)).toBeLessThanOrEqual(1_000);
      const isTwice = requiredMembers.some((each) => members.filter((one) => one.name === each).length > 1);
      if (isTwice) expect(detail).toContain('named twice');
    }),
    { numRuns: 300 },
  );
});
