import { fieldReplacements } from '../shared/content-hash.ts';
import { identitiesOf, identityRulesOf, type IdentityRules } from '../shared/event-identity.ts';
import { readableUuid } from '../shared/event.ts';
import { readJsonObject } from '../shared/json.ts';
import { parseIso8601 } from '../shared/timestamps/iso8601.ts';

const noon = 1_739_102_400_000;
const byDefault: IdentityRules = { key: undefined, ignore: [] };

/** The identities of an event with the id 6, at noon. */
function identitiesIn(members: string, rules = byDefault, otherRules?: IdentityRules) {
  const object = readJsonObject(Buffer.from(`{"event_id":6,${members}}`));
  if (typeof object === 'string') throw new Error(object);
  const instant = parseIso8601('2025-02-09T12:00:00');
  const event = {
    object,
    instant,
    eventId: 6,
    uuid: readableUuid(object),
    root: 'events/1',
    replacements: fieldReplacements(object, instant),
    isDefaultFormat: true,
  };
  return identitiesOf(event, rules, otherRules && { event, rules: otherRules });
}

describe('the key of an event', () => {
  test.each([
    [undefined, '"uuid":"u"', 'u'],
    [undefined, '"a":1', `6/${noon}`],
    ['uuid', '"uuid":"u"', 'u'],
    ['uuid', '"a":1', 'events/1'],
    ['event_id', '"uuid":"u"', '6/id'],
    ['event_id+timestamp', '"uuid":"u"', `6/${noon}`],
  ] as const)('under the rule %s, with %s, is %s', (key, members, expected) => {
    expect(identitiesIn(members, { key, ignore: [] }).key).toBe(expected);
  });

  test('of a uuid that is a number or a list is the same however it is spelt', () => {
    const keys = (...members: readonly string[]) => new Set(members.map((each) => identitiesIn(each).key));
    expect(keys('"uuid":1000', '"uuid":1e3', '"uuid":1000.0')).toEqual(new Set(['1000']));
    expect(keys('"uuid":[1,{"a":1,"b":2}]', '"uuid":[ 1.0, {"b":2,"a":1}]').size).toBe(1);
    expect(keys('"uuid":[1]', '"uuid":[2]', '"uuid":"[1]"', '"uuid":{}').size).toBe(4);
  });
});

describe('an event carries the identity that earlier releases gave it', () => {
  test.each([
    ['a number that is spelt otherwise than now', '"n":1.0'],
    ['a UUID in upper case', '"uuid":"0F8B1C1E-1111-4A4A-8B8B-00000000ABCD"'],
    ['data that is null', '"data":null'],
    ['a member that is named twice', '"a":1,"a":2'],
  ])('where it has %s', (_, members) => {
    const { key, hash, formerly } = identitiesIn(members);
    expect(formerly).toBeDefined();
    expect(formerly).not.toEqual({ key, hash });
  });

  test('which had the uuid as it was spelt', () => {
    const uuid = '0F8B1C1E-1111-4A4A-8B8B-00000000ABCD';
    expect(identitiesIn(`"uuid":"${uuid}"`)).toMatchObject({ key: uuid.toLowerCase(), formerly: { key: uuid } });
  });

  test.each(['"a":1', '"a":[0.5,-7,1000],"b":"\\u00e9"', '"uuid":"u"', '"valid":false', '"n":9007199254740993'])(
    'but not where that is the same: %s',
    (members) => {
      expect(identitiesIn(members).formerly).toBeUndefined();
    },
  );
});

test('an event of a stream with settings of identity carries none that earlier releases gave it', () => {
  expect(identitiesIn('"n":1,"attempt":1.0', { key: 'event_id', ignore: [['attempt']] }).formerly).toBeUndefined();
});

describe('the rules of identity', () => {
  test('are the key of the stream, and what the stream, the type and the format leave out', () => {
    const { rules, otherRules } = identityRulesOf({ key: 'event_id', ignore: ['/a'] }, { ignore: ['/b/c~1d'] }, [
      ['e'],
    ]);
    expect(rules).toEqual({ key: 'event_id', ignore: [['e'], ['a'], ['b', 'c/d']] });
    expect(otherRules).toBeUndefined();
  });

  test.each(['next', 'formerly'])('are two while the stream or the type says what is %s', (name) => {
    const stream = { key: 'event_id', ignore: ['/a'] } as const;
    const changed = { ...stream, [name]: { ignore: ['/b'] } };
    expect(identityRulesOf(changed, { ignore: ['/c'] }).otherRules).toEqual({ key: undefined, ignore: [['b'], ['c']] });
    expect(identityRulesOf(stream, { ignore: ['/c'], [name]: {} }).otherRules).toEqual({
      key: 'event_id',
      ignore: [['a']],
    });
  });
});

describe('while the settings of a stream are being changed', () => {
  const byId: IdentityRules = { key: 'event_id', ignore: [['attempt']] };

  test('a message carries both keys and both hashes, whichever of them counts', () => {
    const [before, after] = [
      identitiesIn('"attempt":1', byDefault, byId),
      identitiesIn('"attempt":1', byId, byDefault),
    ];
    expect(before.key).toBe(`6/${noon}`);
    expect(before.formerly?.key).toBe('6/id');
    expect(before.formerly?.hash).not.toBe(before.hash);
    expect(after).toMatchObject({ ...before.formerly, formerly: { key: before.key, hash: before.hash } });
  });

  test('a message carries one identity if both are the same', () => {
    expect(identitiesIn('"a":1', byId, { ...byId, ignore: [['retries']] }).formerly).toBeUndefined();
  });
});
