import { InvariantError } from '../errors.ts';
import type { Attributes } from './message.ts';

const clause =
  /^(NOT )?(?:attributes\.([\w-]+) = "([^"]*)"|attributes:([\w-]+)|hasPrefix\(attributes\.([\w-]+), "([^"]*)"\))$/;

/**
 * Whether a message passes a subscription's filter. Functions check it too, because the Pub/Sub emulator ignores
 * filters.
 *
 * It supports the part of Pub/Sub's filter language that topology.json uses: clauses joined by AND. A clause is
 * `attributes.a = "v"`, `attributes:a` (the attribute is present) or `hasPrefix(attributes.a, "v")`, optionally after
 * NOT.
 *
 * @throws InvariantError for anything else.
 */
export function matchesFilter(filter: string | undefined, attributes: Attributes): boolean {
  return filter === undefined || filter.split(' AND ').every((text) => matchesClause(text.trim(), attributes));
}

function matchesClause(text: string, attributes: Attributes): boolean {
  const match = clause.exec(text);
  if (!match) throw new InvariantError(`the filter clause is not supported: ${text}`);
  const [, not, equalName, equalTo, presentName, prefixName, prefix] = match;
  const name = equalName ?? presentName ?? prefixName ?? '';
  const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  const holds = value !== undefined && (equalTo === undefined || value === equalTo) && value.startsWith(prefix ?? '');
  return holds !== (not !== undefined);
}
