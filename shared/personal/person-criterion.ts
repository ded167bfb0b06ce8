import { digest, hexDigest } from '../digest.ts';
import type { FieldPlace } from '../sources/place.ts';

/** How the data of a person is recognised: by the entity of an event, by one of its fields, or by its text. */
export type PersonCriterion =
  | { readonly by: 'entity'; readonly value: string }
  | { readonly by: 'field'; readonly place: FieldPlace; readonly value: string }
  | { readonly by: 'pattern'; readonly value: string };

/**
 * Names a criterion for the audit trail. Its value is personal data itself, so only a digest of it is named: the first 24
 * hexadecimal digits of its SHA-256. Who knows the value can tell that it was the one.
 */
export function spellCriterion(criterion: PersonCriterion): string {
  const place = criterion.by === 'field' ? ` ${criterion.place}` : '';
  return `${criterion.by}${place} ${hexDigest(digest(criterion.value))}`;
}
