/**
 * Changes to a JSON object made in its text, so that everything else stays byte for byte what the producer wrote: parsing and
 * serialising again would change numbers. Each takes the text of a valid JSON object.
 */

/** Adds a member at the end. */
export function appendMember(text: string, name: string, value: unknown): string {
  const end = text.lastIndexOf('}');
  const comma = /\{\s*$/.test(text.slice(0, end)) ? '' : ',';
  return `${text.slice(0, end)}${comma}${JSON.stringify(name)}:${JSON.stringify(value)}${text.slice(end)}`;
}

/** Gives the member a value, everywhere the object names it, or adds it. */
export function setMember(text: string, name: string, value: unknown): string {
  const places = memberValues(text, name);
  if (places.length === 0) return appendMember(text, name, value);
  let out = '';
  let done = 0;
  for (const { from, to } of places) {
    out += text.slice(done, from) + JSON.stringify(value);
    done = to;
  }
  return out + text.slice(done);
}

interface Place {
  readonly from: number;
  readonly to: number;
}

/**
 * Finds where the values of an object's own member stand.
 *
 *     { "a" : [1, {"valid": 0}], "valid" : false }      memberValues(text, 'valid')
 *       ^key   ^value             ^key     ^^^^^        → that one; the inner one belongs to another object
 */
function memberValues(text: string, name: string): Place[] {
  const places: Place[] = [];
  let depth = 0;
  let key: string | undefined;
  let valueFrom = -1;
  const endValue = (at: number): void => {
    if (key === name && valueFrom >= 0) places.push(trim(text, valueFrom, at));
    key = undefined;
    valueFrom = -1;
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = stringEnd(text, at);
      if (depth === 1 && key === undefined) key = JSON.parse(text.slice(at, end)) as string;
      at = end - 1;
    } else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') {
      if (depth === 1) endValue(at);
      depth--;
    } else if (depth === 1 && char === ':') valueFrom = at + 1;
    else if (depth === 1 && char === ',') endValue(at);
  }
  return places;
}

/** The index behind a string that starts at `from`. */
function stringEnd(text: string, from: number): number {
  let at = from + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function trim(text: string, from: number, to: number): Place {
  const value = text.slice(from, to);
  const start = from + (value.length - value.trimStart().length);
  return { from: start, to: start + value.trim().length };
}
