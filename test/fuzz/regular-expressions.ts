import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A regular expression literal of a source file. */
export interface SourceExpression {
  readonly file: string;
  readonly line: number;
  readonly expression: RegExp;
}

/** Finds every regular expression literal in the TypeScript files of some folders. */
export function regularExpressionsIn(folders: readonly string[]): readonly SourceExpression[] {
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  );
  return files.filter((file) => file.endsWith('.ts')).flatMap((file) => regularExpressionsOf(file));
}

function regularExpressionsOf(file: string): readonly SourceExpression[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: SourceExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      const expression = new RegExp(node.text.slice(1, end), node.text.slice(end + 1));
      found.push({ file, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, expression });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Characters of each class that an expression may use. The expression's own characters are added. */
const usual = [
  'a',
  'Z',
  '0',
  '1',
  ' ',
  '\n',
  '-',
  '.',
  ':',
  ',',
  '"',
  '/',
  '=',
  '[',
  '{',
  '\\',
  '\u202e',
  '\ud800',
  '…',
];
/** Texts before and after the repeated part: some begin a match, some prevent its end. */
const before = ['', 'a', '0', '-', ':', '"', '{', 'attributes.a = "', '2025-02-09T12:00:00.'];
const behind = ['', '!', '\u0000', 'x', '"'];

const firstLength = 4_000;
const mostLength = 64_000;
/** Shorter times are noise, in milliseconds. */
const noiseMs = 4;
/** The largest ratio of times for twice the length. It is 2 for linear time and 4 for quadratic time. */
const mostRatio = 3;

/** Finds an input on which an expression takes more than linear time. Undefined if there is none. */
export function worstGrowth({
  expression,
}: SourceExpression): { readonly input: string; readonly ratio: number } | undefined {
  const own = [...new Set(expression.source.replaceAll(/\\[a-zA-Z]/g, ''))];
  const chars = [...new Set([...usual, ...own])];
  const pumps = [...chars, ...own.flatMap((a) => ['a', '0', ' '].map((b) => a + b))];
  for (const pump of pumps)
    for (const head of before)
      for (const tail of behind) {
        const ratio = growth(expression, (n) => head + pump.repeat(n / pump.length) + tail);
        if (ratio > mostRatio) return { input: `${head}(${pump})…${tail}`, ratio };
      }
  return undefined;
}

/** Measures how many times longer a match takes on an input of twice the length. 0 if the match takes no measurable time. */
function growth(expression: RegExp, input: (length: number) => string): number {
  for (let length = firstLength; length <= mostLength; length *= 4) {
    const onceMs = leastMs(expression, input(length), noiseMs);
    if (onceMs >= noiseMs) return leastMs(expression, input(2 * length), onceMs * mostRatio) / onceMs;
  }
  return 0;
}

/** Measures the shortest of a few matches, in milliseconds, since other load only adds time. Stops at the first below `enoughMs`. */
function leastMs(expression: RegExp, text: string, enoughMs: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let left = 8; left > 0 && least >= enoughMs; left--) {
    const startedAtMs = performance.now();
    text.replace(expression, '');
    least = Math.min(least, performance.now() - startedAtMs);
  }
  return least;
}
