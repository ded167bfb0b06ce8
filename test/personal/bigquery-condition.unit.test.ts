import { bigQueryCondition } from '../../shared/personal/bigquery-condition.ts';
import type { PersonCriterion } from '../../shared/personal/person-criterion.ts';

const paths = ['data.case', 'data.case-number'];

test.each<[PersonCriterion, string]>([
  [
    { by: 'entity', value: 'C-7' },
    `(JSON_VALUE(data, '$.data.case') = 'C-7' OR JSON_VALUE(data, '$.data."case-number"') = 'C-7')`,
  ],
  [{ by: 'field', place: '/contacts/0/mail~1to', value: 'x' }, `JSON_VALUE(data, '$.contacts[0]."mail/to"') = 'x'`],
  [{ by: 'field', place: 'attribute:customer', value: 'x' }, `JSON_VALUE(attributes, '$.customer') = 'x'`],
  [
    { by: 'pattern', value: String.raw`O'Neil\b` },
    String.raw`(REGEXP_CONTAINS(data, 'O\'Neil\\b') OR REGEXP_CONTAINS(TO_JSON_STRING(attributes), 'O\'Neil\\b'))`,
  ],
  [{ by: 'field', place: '/a', value: "x'\nOR TRUE --" }, String.raw`JSON_VALUE(data, '$.a') = 'x\'\nOR TRUE --'`],
])('%o is the condition %s', (criterion, condition) => {
  expect(bigQueryCondition(criterion, paths)).toBe(condition);
});

test('without entities in the catalog no row is about one', () => {
  expect(bigQueryCondition({ by: 'entity', value: 'C-7' }, [])).toBeUndefined();
});
