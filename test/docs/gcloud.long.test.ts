import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandsIn, documents, type CodeSpan } from './markdown.ts';

/*
 * Whether gcloud itself takes the commands that documents and playbooks show: `npm run gcloud:check`. Nothing is called: gcloud only parses
 * them. It takes half a minute and needs the Google Cloud CLI, so it is no part of `npm test`.
 */

/** A command as it is given to gcloud, and where it stands. */
interface ShownGcloud extends CodeSpan {
  readonly isInSentence: boolean;
}

/** The commands of a document: those of its shell blocks, also in loops and substitutions, and those within sentences. */
function gcloudIn(file: string, text = readFileSync(file, 'utf8')): readonly ShownGcloud[] {
  const shown = commandsIn(file, text).flatMap(({ line, text }) =>
    withoutBreaks(text)
      .split('\n')
      .map((part) => ({ file, line, text: part.trim(), isInSentence: false })),
  );
  const commands = shown.flatMap(({ text, ...place }) =>
    [...text.matchAll(/(?:^|\$\(|\| )(gcloud .*)$/g)].map(([, command = '']) => ({
      ...place,
      text: withValues(withoutRest(command)),
    })),
  );
  const sentences = text.replaceAll(/^```[\s\S]*?^```/gm, (block) => block.replaceAll(/[^\n]/g, ''));
  const spans = [...sentences.matchAll(/`(gcloud [^`]+)`/g)].map(({ index, 1: span = '' }) => ({
    file,
    line: sentences.slice(0, index).split('\n').length,
    isInSentence: true,
    text: withValues(span.replaceAll(/\s*\n\s*/g, ' ')),
  }));
  return [...commands, ...spans];
}

/** Puts lines that a backslash continues into one. */
function withoutBreaks(text: string): string {
  return text.replaceAll(/\s*\\\n\s*/g, ' ');
}

/** Cuts a command at the end of its substitution, pipe or redirection. */
function withoutRest(command: string): string {
  let quote = '';
  for (let i = 0; i < command.length; i++) {
    const sign = command.charAt(i);
    if (sign === quote) quote = '';
    else if (quote === '' && /['"]/.test(sign)) quote = sign;
    else if (quote === '' && /[)|>;]/.test(sign)) return command.slice(0, i).trimEnd();
  }
  return command;
}

/**
 * Puts a value in the place of each variable and of what a sentence leaves out. gcloud's check takes what follows an option for its value,
 * so an option without one goes to the end.
 */
function withValues(command: string): string {
  return command
    .replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => name.toLowerCase())
    .replaceAll('…', 'name')
    .replaceAll(/\bTIME\b/g, '2026-11-22T12:00:00Z')
    .replace(/ --recursive (.*)$/, ' $1 --recursive');
}

interface Answer {
  readonly command_string: string;
  readonly success: boolean;
  readonly error_message: string | null;
}

/** The refusals of gcloud, each with the place of its command. */
function refusalsOf(commands: readonly ShownGcloud[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'gcloud-'));
  try {
    const file = join(folder, 'commands.json');
    const texts = [...new Set(commands.map(({ text }) => text))];
    writeFileSync(file, JSON.stringify(texts.map((text, id) => ({ command_string: text, id: `${id}.` }))));
    const output = execFileSync('gcloud', ['meta', 'lint-gcloud-commands', '--serialize', '--commands-file', file], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { ...process.env, CLOUDSDK_CONFIG: folder },
    });
    const answers = JSON.parse(output) as Readonly<Record<string, readonly Answer[]>>;
    return commands.flatMap((command) => {
      const { file, line, text } = command;
      const answer = answers[`${texts.indexOf(text)}.`]?.[0];
      if (answer === undefined) return [`${file}:${line}: gcloud says nothing of ${text}`];
      if (answer.success || isMention(command, answer)) return [];
      return [`${file}:${line}: ${text}\n  ${(answer.error_message ?? '').split('\n')[0] ?? ''}`];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Whether a sentence only names a command: it gives none of its arguments, and nothing else is wrong. */
function isMention({ text, isInSentence }: ShownGcloud, { error_message }: Answer): boolean {
  return isInSentence && /^[a-z =-]+$/.test(text) && /must be specified/i.test(error_message ?? '');
}

/** The filters that a document puts into variables, for several commands. */
function filtersInVariables(file: string): readonly string[] {
  return commandsIn(file, readFileSync(file, 'utf8')).flatMap(({ text }) =>
    [...text.matchAll(/^export \w+="(labels\.[^"]*)"$/gm)].map(([, filter = '']) => withValues(filter)),
  );
}

/** The refusal of a filter, or nothing. gcloud parses a filter when it lists something, here its configurations on this machine. */
function refusalOfFilter(filter: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gcloud-'));
  try {
    const env = { ...process.env, CLOUDSDK_CONFIG: folder };
    const list = ['config', 'configurations', 'list', '--filter', filter];
    const { status, stderr } = spawnSync('gcloud', list, { encoding: 'utf8', env });
    return status === 0 ? '' : stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('gcloud', () => {
  it('takes each of its commands that a document shows', () => {
    const commands = documents().flatMap((file) => gcloudIn(file));
    expect(commands.length).toBeGreaterThan(90);
    expect(refusalsOf(commands)).toEqual([]);
  });

  it('takes each filter that a document shows', () => {
    const commands = documents().flatMap((file) => gcloudIn(file));
    const filters = [
      ...commands.flatMap(({ text }) => / --filter '([^']*)'/.exec(text)?.slice(1) ?? []),
      ...documents().flatMap((file) => filtersInVariables(file)),
    ];
    expect(filters.length).toBeGreaterThan(3);
    expect(filters.map((filter) => refusalOfFilter(filter))).toEqual(filters.map(() => ''));
    expect(refusalOfFilter('name~(a|b)')).toContain('Term operand expected');
  });

  it('refuses an unknown option, an unknown command and a missing argument', () => {
    const text = [
      'Not `gcloud pubsub topics list --nme x`, nor `gcloud pubsub\ntopic list`, but `gcloud pubsub subscriptions seek`.',
      '```sh',
      'for name in a b; do',
      '  gcloud pubsub subscriptions seek --time 1d',
      'done',
      'NUMBER=$(gcloud projects describe "$PROJECT" --frmat \'value(projectNumber)\')',
      '```',
    ].join('\n');
    expect(refusalsOf(gcloudIn('x.md', text)).map((refusal) => refusal.split('\n')[0])).toEqual([
      'x.md:4: gcloud pubsub subscriptions seek --time 1d',
      'x.md:7: gcloud projects describe "project" --frmat \'value(projectNumber)\'',
      'x.md:1: gcloud pubsub topics list --nme x',
      'x.md:1: gcloud pubsub topic list',
    ]);
  });
});
