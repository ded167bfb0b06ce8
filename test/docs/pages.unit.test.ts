import { plainTerminal } from '../support/plain-terminal.ts';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { generatePages, readPages, fillParts } from '../../build/docs/pages.ts';
import { sampleCatalog } from '../../cli/start/sample-catalog.ts';
import { localCatalog } from '../../cli/local/local-catalog.ts';
import { drawSample } from '../../cli/start/sample-report.ts';
import { sampleStream } from '../../cli/start/sample-stream.ts';
import { runPayments, runSample, sampleRuntime } from '../../cli/commands/start.ts';
import { drawPayments } from '../../cli/start/sample-payments.ts';
import { loadStream } from '../../shared/views/load.ts';
import { anchorsIn, linksIn, markdownFiles } from './markdown.ts';

describe('the pages of docs/', () => {
  it('hold what the generator makes of the code: npm run docs', async () => {
    const pages = await generatePages();
    expect(pages.length).toBeGreaterThan(10);
    expect(readPages()).toEqual(pages);
  });

  it('keep what stands outside of their generated parts', () => {
    const text = 'before\n\n<!-- generated: a -->\nold\n<!-- /generated -->\n\nafter\n';
    expect(fillParts('x.md', text, new Map([['a', 'new']]))).toBe(
      'before\n\n<!-- generated: a -->\n\nnew\n\n<!-- /generated -->\n\nafter\n',
    );
  });

  it('may not ask for a part that the code does not have', () => {
    expect(() => fillParts('x.md', '<!-- generated: b -->\n<!-- /generated -->', new Map())).toThrow('x.md');
  });
});

describe('a link', () => {
  it.each(markdownFiles())('of %s leads to a file and a heading that exist', (file) => {
    const broken = linksIn(file).filter((target) => {
      if (/^[a-z]+:/.test(target)) return false;
      const [path = '', anchor] = target.split('#');
      const to = path === '' ? file : normalize(join(dirname(file), path));
      return !existsSync(to) || (anchor !== undefined && !anchorsIn(to).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  it('is found in sentences, and not in code blocks', () => {
    expect(linksIn('x.md', 'a [b](c.md#d) ![e](f.svg)\n```\n[g](h)\n```')).toEqual(['c.md#d', 'f.svg']);
  });

  it('may name a heading as GitHub does', () => {
    expect(anchorsIn('x.md', "# A b, `c`\n## What's d-e?\n")).toEqual(['a-b-c', 'whats-d-e']);
  });
});

describe('the size', () => {
  it.each([
    ['README.md', 8_000],
    ['ARCHITECTURE.md', 15_000],
  ])('of %s is at most %d bytes', (file, maxBytes) => {
    expect(statSync(file).size).toBeLessThanOrEqual(maxBytes);
  });
});

describe('the README', () => {
  it('shows what the sample prints', async () => {
    const runtime = sampleRuntime(localCatalog(sampleCatalog), 0);
    const { clean, letters } = await runSample(runtime);
    const stream = await loadStream(runtime, 'default');
    const printed = drawSample({ sent: sampleStream, clean, letters, stream }, plainTerminal);
    const [, shown = ''] = /^```\n( {3}#[\s\S]*?)^```/m.exec(readFileSync('README.md', 'utf8')) ?? [];
    expect(shown).not.toBe('');
    expect(printed).toContain(shown);
    const [, payments = ''] =
      /^```\n( {2}event_id {2}type {5}amount[\s\S]*?)^```/m.exec(readFileSync('README.md', 'utf8')) ?? [];
    expect(payments).not.toBe('');
    expect(drawPayments(await runPayments(runtime), plainTerminal)).toContain(payments);
  });
});
