import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A command as a document shows it in a shell block. */
export interface ShownCommand {
  readonly file: string;
  readonly line: number;
  /** As written, in one line where a backslash continues it. */
  readonly text: string;
  /** The block that shows the output of the last command of a shell block; without it, none is shown. */
  readonly output?: string;
}

/** Code within a sentence or a table. */
export interface CodeSpan {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

interface Fence {
  readonly language: string;
  /** The number of its first line of content, from 1 on. */
  readonly line: number;
  readonly content: readonly string[];
  /** Whether a heading stands between it and the block before. */
  readonly isInNewSection: boolean;
}

const shells = ['sh', 'bash', 'shell'];

/** Every document of the repository that shows commands: all but the changelog, which tells of what was. */
export function documents(): readonly string[] {
  return markdownFiles().filter((file) => file !== 'CHANGELOG.md');
}

/** Every Markdown file of the repository. */
export function markdownFiles(): readonly string[] {
  const folders = ['docs', 'examples', 'functions', 'terraform'];
  const below = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  return [...readdirSync('.'), ...below].filter((file) => file.endsWith('.md') && !/(^|\/)\./.test(file)).sort();
}

/** The targets of the links and pictures in the sentences of a document. */
export function linksIn(file: string, text = readFileSync(file, 'utf8')): readonly string[] {
  return parse(text).prose.flatMap(({ text }) =>
    [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target),
  );
}

/** The anchors that GitHub gives the headings of a document. */
export function anchorsIn(file: string, text = readFileSync(file, 'utf8')): readonly string[] {
  return parse(text).prose.flatMap(({ text }) => {
    const title = /^#+ (.*)$/.exec(text)?.[1];
    if (title === undefined) return [];
    return [
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ];
  });
}

/** The cells of each row of the tables of a document whose first column has this title, without code marks. */
export function rowsUnder(
  title: string,
  file: string,
  text = readFileSync(file, 'utf8'),
): readonly (readonly string[])[] {
  const rows: (readonly string[])[] = [];
  let head: string | undefined;
  for (const line of text.split('\n')) {
    const cells = /^\|(.*)\|$/
      .exec(line)?.[1]
      ?.split('|')
      .map((cell) => cell.trim().replaceAll('`', ''));
    const first = cells?.[0];
    if (cells && head === title && !/^-+$/.test(first ?? '')) rows.push(cells);
    head = cells && (head ?? first);
  }
  return rows;
}

/** The commands in the shell blocks of a document, in their order. */
export function commandsIn(file: string, text = readFileSync(file, 'utf8')): readonly ShownCommand[] {
  const { fences } = parse(text);
  return fences.flatMap((fence, i) => {
    if (!shells.includes(fence.language)) return [];
    const next = fences[i + 1];
    const output = next?.language === '' && !next.isInNewSection ? next.content.join('\n') : undefined;
    const statements = statementsIn(fence);
    return statements.map(({ text, line }, j) => ({
      file,
      line,
      text,
      ...(output !== undefined && j === statements.length - 1 && { output }),
    }));
  });
}

/** The code within the sentences of a document. */
export function spansIn(file: string, text = readFileSync(file, 'utf8')): readonly CodeSpan[] {
  return parse(text).prose.flatMap(({ line, text }) =>
    [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => ({ file, line, text: code })),
  );
}

/** The titles of each table that a text draws: a line above a rule. */
export function titlesIn(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines
    .filter((_, i) => /^\s*─+$/.test(lines[i + 1] ?? ''))
    .map((line) =>
      line
        .trim()
        .split(/\s{2,}/)
        .join(' | '),
    );
}

function parse(text: string) {
  const fences: Fence[] = [];
  const prose: { line: number; text: string }[] = [];
  let open: { language: string; line: number; content: string[] } | undefined;
  let isInNewSection = true;
  for (const [i, line] of text.split('\n').entries()) {
    const fence = /^\s*```(\w*)/.exec(line);
    if (open && fence) {
      fences.push({ ...open, isInNewSection });
      isInNewSection = false;
      open = undefined;
    } else if (open) open.content.push(line);
    else if (fence) open = { language: fence[1] ?? '', line: i + 2, content: [] };
    else {
      prose.push({ line: i + 1, text: line });
      isInNewSection ||= /^#+ /.test(line);
    }
  }
  return { fences, prose };
}

interface Statement {
  readonly text: string;
  readonly line: number;
}

/** The statements of a shell block. Lines that a backslash continues are one, as are a loop and a here-document. */
function statementsIn({ content, line: first }: Fence): readonly Statement[] {
  const statements: Statement[] = [];
  for (let i = 0; i < content.length; i++) {
    const line = first + i;
    let text = content[i]?.trim() ?? '';
    while (text.endsWith('\\')) text = `${text.slice(0, -1).trimEnd()} ${content[++i]?.trim() ?? ''}`;
    const end = lastLineOf(text);
    while (end !== undefined && content[i] !== end && i + 1 < content.length) text += `\n${content[++i] ?? ''}`;
    const parts = end === undefined ? withoutComment(text).split(' && ') : [text];
    statements.push(...parts.filter((part) => part !== '').map((part) => ({ text: part, line })));
  }
  return statements;
}

/** The line that ends a loop or a here-document; undefined for a statement of one line. */
function lastLineOf(text: string): string | undefined {
  if (/^for .*\bdo$/.test(text)) return 'done';
  return /<<'?(\w+)'?/.exec(text)?.[1];
}

function withoutComment(line: string): string {
  return line.replace(/(^|\s+)# .*$/, '');
}
