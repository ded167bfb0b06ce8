import { gzipSync } from 'node:zlib';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import type { Attributes } from '../../shared/messages/message.ts';
import { spellCriterion, type PersonCriterion } from '../../shared/personal/person-criterion.ts';
import { makePersonMatcher } from '../../shared/personal/person-matcher.ts';

const catalog = makeCatalog({
  types: { Opened: { entity: 'data.case' }, Closed: { entity: 'data.caseNumber' }, Noted: {} },
});
const ana = 'ana@example.com';
const ofField = { by: 'field', place: '/data/email', value: ana } as const;

function verdictOn(
  criterion: PersonCriterion,
  data: string | Uint8Array,
  { type, attributes = {} }: { readonly type?: string; readonly attributes?: Attributes } = {},
): string {
  const matcher = makePersonMatcher(criterion, catalog, (text) => new RegExp(criterion.value).test(text));
  return matcher.message({ data: Buffer.from(data), attributes }, type);
}

describe('a person is recognised by a field', () => {
  test.each([
    ['the value', `{"data":{"email":"${ana}"}}`, 'match'],
    ['the value with escapes', String.raw`{"data":{"email":"ana\u0040example.com"}}`, 'match'],
    [
      'the value in one of several events',
      `[{"data":{"email":"bea@example.com"}},{"data":{"email":"${ana}"}}]`,
      'match',
    ],
    ['the value in one of several lines', `{"a":1}\n{"data":{"email":"${ana}"}}\n`, 'match'],
    ['the value under a name that occurs twice', `{"data":{"email":"bea"},"data":{"email":"${ana}"}}`, 'match'],
    ['a longer value', `{"data":{"email":"x${ana}"}}`, 'other'],
    ['the value in another field', `{"data":{"from":"${ana}"}}`, 'other'],
    ['an object', `{"data":{"email":{"of":"${ana}"}}}`, 'other'],
    ['no body', '', 'other'],
    ['a body that is no JSON', 'email: "', 'unreadable'],
    ['a body that is not UTF-8', Buffer.from([0xff, 0x7b]), 'unreadable'],
    ['too many values', `[${'[],'.repeat(200_000)}[]]`, 'unreadable'],
  ])('%s', (_, body, verdict) => {
    expect(verdictOn(ofField, body)).toBe(verdict);
  });

  test('also in a compressed body, and in a form', () => {
    expect(verdictOn(ofField, gzipSync(`{"data":{"email":"${ana}"}}`))).toBe('match');
    expect(verdictOn({ ...ofField, place: '/email' }, 'id=7&email=ana%40example.com')).toBe('match');
  });

  test('or by an attribute', () => {
    const criterion = { by: 'field', place: 'attribute:customer', value: '17' } as const;
    expect(verdictOn(criterion, 'no JSON', { attributes: { customer: '17' } })).toBe('match');
    expect(verdictOn(criterion, '{"customer":"17"}', { attributes: { customer: '170' } })).toBe('other');
  });

  test('and a number by its own spelling', () => {
    const criterion = { by: 'field', place: '/id', value: '9007199254740993' } as const;
    expect(verdictOn(criterion, '{"id":9007199254740993}')).toBe('match');
    expect(verdictOn(criterion, '{"id":9007199254740992}')).toBe('other');
  });
});

test('an entity is looked for where its type has it, and where any type has it if the type is unknown', () => {
  const criterion = { by: 'entity', value: 'C-7' } as const;
  const body = '{"data":{"caseNumber":"C-7"}}';
  expect(verdictOn(criterion, body, { type: 'Closed' })).toBe('match');
  expect(verdictOn(criterion, body, { type: 'Opened' })).toBe('other');
  expect(verdictOn(criterion, body, { type: 'Noted' })).toBe('other');
  expect(verdictOn(criterion, body)).toBe('match');
  expect(verdictOn(criterion, body, { type: 'Unheard' })).toBe('match');
});

describe('a pattern is looked for', () => {
  const criterion = { by: 'pattern', value: String.raw`ana@example\.com` } as const;

  test.each([
    ['in any body', `From: ${ana}`],
    ['in a body that is not UTF-8', Buffer.concat([Buffer.from([0xff]), Buffer.from(ana)])],
    ['in JSON with escapes', String.raw`{"a":"ana\u0040example.com"}`],
    ['in a form', 'email=ana%40example.com'],
    ['in a compressed body', gzipSync(`{"a":"${ana}"}`)],
  ])('%s', (_, body) => {
    expect(verdictOn(criterion, body)).toBe('match');
  });

  test('in attributes, and in texts beside the message', () => {
    expect(verdictOn(criterion, '{}', { attributes: { customer: ana } })).toBe('match');
    expect(verdictOn(criterion, '{}')).toBe('other');
    const matcher = makePersonMatcher(criterion, catalog, (text) => text.includes(ana));
    expect([matcher.text(`${ana} called`), matcher.text('somebody called')]).toEqual([true, false]);
  });
});

test('the audit trail names a criterion without its value', () => {
  // printf %s ana@example.com | sha256sum | cut -c1-24
  expect(spellCriterion(ofField)).toBe('field /data/email 8e43ca37701228e74983efdb');
});
