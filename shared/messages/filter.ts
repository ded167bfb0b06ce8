import { InvariantError } from '../errors.ts';
import type { Attributes } from './message.ts';

const clause =
  /^(NOT )?(?:attributes\.([\w-]+) = "([^"]*)"|attributes:([\w-]+)|hasPrefix\(attributes\.([\w-]+), "([^"]*)"\))$/;

/**
 * Tells whether a message passes a subscription's filter. Handlers ask too, since the Pub/Sub emulator ignores filters.
 *
 * The part of Pub/Sub's filter language that topology.json uses: clauses joined by AND, each one of `attributes.a = "v"`,
 * `attributes:a` (it is there) and `hasPrefix(attributes.a, "v")`, or one of these behind NOT.
 *
 * @throws InvariantError for anything else.
 */
export function matchesFilter(filter: string | undefined, attributes: Attributes): boolean {
  return filter === undefined || filter.split(' AND ').every((text) => matchesClause(text.trim(), attributes));
}

function matchesClause(text: string, attributes: Attributes): boolean {
  const match = clause.exec(text);
  if (!match) throw new InvariantError(`The filter clause is not one that Eventmend reads: ${text}`);
  const [, not, equalName, equalTo, presentName, prefixName, prefix] = match;
  const name = equalName ?? presentName ?? prefixName ?? '';
  const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  const holds = value !== undefined && (equalTo === undefined || value === equalTo) && value.startsWith(prefix ?? '');
  return holds !== (not !== undefined);
}
