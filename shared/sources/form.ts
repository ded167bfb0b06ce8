/** A form (`application/x-www-form-urlencoded`) that was read: its pairs in the order of the text. */
export type FormPairs = readonly (readonly [name: string, value: string])[];

/** The maximum number of pairs. A callback of a provider has some twenty. */
const maxPairs = 10_000;

/** Reads a form, or returns why that is not possible. Bytes that are not UTF-8 are refused, because they would be lost. */
export function readForm(text: string): FormPairs | 'not a form' | 'too many pairs' {
  const parts = text.trim().split('&', maxPairs + 1);
  if (parts.length > maxPairs) return 'too many pairs';
  const pairs: (readonly [string, string])[] = [];
  for (const part of parts) {
    const equals = part.indexOf('=');
    if (part === '') continue;
    if (equals < 1) return 'not a form';
    const [name, value] = [decode(part.slice(0, equals)), decode(part.slice(equals + 1))];
    if (name === undefined || value === undefined) return 'not a form';
    pairs.push([name, value]);
  }
  return pairs.length === 0 ? 'not a form' : pairs;
}

/** Returns the pairs as the members of an object. If a name occurs twice, the first one counts. */
export function membersOfForm(pairs: FormPairs): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.toReversed());
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
