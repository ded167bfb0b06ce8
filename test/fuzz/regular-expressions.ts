import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A regular expression as it stands in a source file. */
export interface SourceExpression {
  readonly file: string;
  readonly line: number;
  readonly expression: RegExp;
}

/** Every regular expression that is written in some folders. */
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

/** Characters in each class that an expression may name, and whatever characters it names itself. */
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
/** What may stand before and behind: what begins a match, and what keeps one from ending. */
const before = ['', 'a', '0', '-', ':', '"', '{', 'attributes.a = "', '2025-02-09T12:00:00.'];
const behind = ['', '!', '\u0000', 'x', '"'];

const firstLength = 4_000;
const mostLength = 64_000;
/** What is faster than that tells nothing, in milliseconds. */
const noiseMs = 4;
/** Of twice the length, a match that takes linear time takes twice as long; of a square, four times. */
const mostRatio = 3;

/** Inputs on which an expression takes more than its share of time as they grow. Undefined where none was found. */
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

/** How many times longer a match takes on twice the input. 0 where it takes no time. */
function growth(expression: RegExp, input: (length: number) => string): number {
  for (let length = firstLength; length <= mostLength; length *= 4) {
    const onceMs = leastMs(expression, input(length), noiseMs);
    if (onceMs >= noiseMs) return leastMs(expression, input(2 * length), onceMs * mostRatio) / onceMs;
  }
  return 0;
}

/** The least time of a few matches, in milliseconds: what else the machine does only adds to it. One that is fast enough will do. */
function leastMs(expression: RegExp, text: string, enoughMs: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let left = 8; left > 0 && least >= enoughMs; left--) {
    const startedAtMs = performance.now();
    text.replace(expression, '');
    least = Math.min(least, performance.now() - startedAtMs);
  }
  return least;
}
