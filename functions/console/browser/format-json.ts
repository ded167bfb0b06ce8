/**
 * Sets the parts of a JSON text on lines of their own. Strings and numbers keep their characters, which a round trip
 * through JSON.parse would change. Text that is not JSON comes back much as it is.
 */
export function formatJson(text: string): string {
  let [indent, out] = [0, ''];
  const line = (): string => `\n${'  '.repeat(Math.max(0, indent))}`;
  for (const part of text.match(/"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s"{}[\],:]+/g) ?? []) {
    if (part === '{' || part === '[') {
      indent++;
      out += part + line();
    } else if (part === '}' || part === ']') {
      indent--;
      // An empty object or list stays on one line.
      out = /[{[]\s*$/.test(out) ? out.trimEnd() + part : out + line() + part;
    } else if (part === ',') out += part + line();
    else out += part === ':' ? ': ' : part;
  }
  return out;
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
