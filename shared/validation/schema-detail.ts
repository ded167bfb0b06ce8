import type { z } from 'zod';
import { kindOf, spellMisfit } from '../fields/misfit.ts';
import { maxDetailBytes } from '../failure.ts';

type Issue = z.core.$ZodIssue;

/**
 * Describes the issues of a value by paths and kinds, without values, as far as there is room. `under` is the path of
 * the value.
 */
export function detailOf(error: z.ZodError, value: unknown, under: readonly string[] = []): string {
  let detail = '';
  for (const issue of error.issues) {
    detail += `${detail === '' ? '' : '. '}${spellIssue(issue, value, under)}`;
    if (detail.length >= maxDetailBytes) break;
  }
  return detail;
}

function spellIssue(issue: Issue, value: unknown, under: readonly string[]): string {
  const place = [...under, ...issue.path.map(spellName)].join('.') || 'event';
  const found = kindOf(valueAt(value, issue.path));
  const accepted = acceptedBy(issue);
  return accepted === undefined ? `${place}: ${flawOf(issue, found)}` : spellMisfit(place, { found, accepted });
}

/** Names of members as programs write them. Another name may be data, such as an e-mail address, and is not shown. */
const plainName = /^[\p{L}_$][\p{L}\p{N}_$-]{0,63}$|^\d{1,9}$/u;

function spellName(name: PropertyKey): string {
  return plainName.test(String(name)) ? String(name) : '*';
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined),
    value,
  );
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'an array',
  tuple: 'an array',
  null: 'null',
  never: 'nothing',
  undefined: 'nothing',
};

/** Says what a schema accepts in place of a value. Undefined if the issue does not tell. */
function acceptedBy(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected];
    case 'too_small':
      return boundOf(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return boundOf(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return `a text of the form ${issue.format}`;
    case 'invalid_value':
      return `one of ${issue.values.slice(0, maxListed).map(String).join(', ')}${issue.values.length > maxListed ? ', …' : ''}`;
    case 'unrecognized_keys':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return undefined;
  }
}

/** The most values of a schema that are listed. */
const maxListed = 8;

const units: Readonly<Record<string, string>> = {
  string: ' characters',
  array: ' elements',
  set: ' elements',
  map: ' members',
};

function boundOf(origin: string, bound: string, limit: number | bigint): string {
  const unit = units[origin];
  return unit === undefined ? `${bound} ${limit}` : `${bound} ${limit}${unit}`;
}

/** Names an issue that does not say what is accepted. A check of the schema's author may set a code of its own. */
function flawOf(issue: Issue, found: string): string {
  const own: unknown = issue.code === 'custom' ? issue.params?.code : undefined;
  if (typeof own === 'string') return own;
  if (issue.code === 'unrecognized_keys') return 'it has members that its schema does not know';
  if (issue.code === 'invalid_union') return `${found}; no form of its schema fits`;
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element')
    return 'a name or element does not fit its schema';
  return `${found}; a check of its schema fails`;
}
