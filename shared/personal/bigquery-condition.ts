import { pathOf } from '../json-pointer.ts';
import { attributeOf } from '../sources/place.ts';
import type { PersonCriterion } from './person-criterion.ts';

/**
 * Spells a criterion as a condition on the rows of BigQuery's table of clean events. Undefined if no row can meet it.
 *
 * @param entityPaths Where the catalog's types name their entities, such as `data.case`.
 */
export function bigQueryCondition(criterion: PersonCriterion, entityPaths: readonly string[]): string | undefined {
  const value = quoted(criterion.value);
  switch (criterion.by) {
    case 'pattern':
      return `(REGEXP_CONTAINS(data, ${value}) OR REGEXP_CONTAINS(TO_JSON_STRING(attributes), ${value}))`;
    case 'field': {
      const attribute = attributeOf(criterion.place);
      const column = attribute === undefined ? 'data' : 'attributes';
      const path = attribute === undefined ? pathOf(criterion.place) : [attribute];
      return `JSON_VALUE(${column}, ${quoted(jsonPath(path))}) = ${value}`;
    }
    case 'entity': {
      const conditions = entityPaths.map((path) => `JSON_VALUE(data, ${quoted(jsonPath(path.split('.')))}) = ${value}`);
      return conditions.length === 0 ? undefined : `(${conditions.join(' OR ')})`;
    }
  }
}

/** Spells a path as JSONPath. A name of digits is the index of an element. */
function jsonPath(path: readonly string[]): string {
  return `$${path.map(jsonStep).join('')}`;
}

function jsonStep(name: string): string {
  if (/^\d+$/.test(name)) return `[${name}]`;
  return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `."${name.replaceAll('"', '\\"')}"`;
}

/** Spells a text as a literal of GoogleSQL. */
function quoted(text: string): string {
  const escape = (character: string): string =>
    character === '\n' ? '\\n' : character === '\r' ? '\\r' : `\\${character}`;
  return `'${text.replaceAll(/[\\'\n\r]/g, escape)}'`;
}
