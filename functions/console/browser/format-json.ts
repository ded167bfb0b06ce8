/** The maximum number of levels that a line is indented. */
const maxIndent = 32;

/** The maximum number of spaces in all indents together. */
const maxSpaces = 1_000_000;

/**
 * Sets the parts of a JSON text on lines of their own. Strings and numbers keep their characters, which a round trip
 * through JSON.parse would change. Text that is not JSON comes back much as it is. The indents are limited, since a
 * producer could otherwise send a text that freezes the page that shows it.
 */
export function formatJson(text: string): string {
  const pieces: string[] = [];
  let [depth, spaces, previous] = [0, 0, ''];
  const addLine = (): void => {
    const width = spaces < maxSpaces ? 2 * Math.min(Math.max(0, depth), maxIndent) : 0;
    spaces += width;
    pieces.push(`\n${' '.repeat(width)}`);
  };
  for (const part of text.match(/"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s"{}[\],:]+/g) ?? []) {
    if (isClosing(part)) {
      depth--;
      // An empty object or list stays on one line.
      if (isOpening(previous)) pieces.pop();
      else addLine();
    } else if (isOpening(part)) depth++;
    pieces.push(part === ':' ? ': ' : part);
    if (isOpening(part) || part === ',') addLine();
    previous = part;
  }
  return pieces.join('');
}

function isOpening(part: string): boolean {
  return part === '{' || part === '[';
}

function isClosing(part: string): boolean {
  return part === '}' || part === ']';
}

/**
 * Finds the line of a formatted text that a failure is about: the last member of the path with which its detail begins.
 *
 * @returns The index of the line. -1 if there is none.
 */
export function lineOfFailure(formatted: string, detail: string): number {
  const [, path = ''] = /^([^\s:;]+)/.exec(detail) ?? [];
  const names = path.split(/[/.]/).filter((name) => name !== '');
  const lines = formatted.split('\n');
  let at = -1;
  for (const name of names) {
    if (/^\d+$/.test(name)) continue;
    const found = lines.findIndex((line, i) => i > at && line.trimStart().startsWith(`${JSON.stringify(name)}:`));
    if (found < 0) return at;
    at = found;
  }
  return at;
}
