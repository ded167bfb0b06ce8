import { isInOrder } from '../../shared/audit/stream-audit.ts';
import { drawAudit } from '../../cli/audit/report.ts';
import { laws, type Breach } from '../simulation/laws.ts';
import { paint, thousands, type TerminalShape } from '../../cli/screen/table.ts';
import { marksLaw, type SoakResult } from './soak-result.ts';
import type { LiveJournal } from './live-journal.ts';

/** The most breaches of one law that are listed. */
const maxListed = 5;

/** Formats a line of progress. */
export function drawProgress(journal: LiveJournal, elapsedMs: number): string {
  const { sent, published, counts } = journal;
  const on = (topic: string): number => published.filter((one) => one.topic === topic).length;
  const parts = [
    `${thousands(sent.length)} sent`,
    `${thousands(on('cleaned-events'))} cleaned`,
    `${thousands(on('dead-letter-queue'))} dead letters`,
    `${thousands(on('reprocess-requests'))} requests`,
    `${thousands(counts.get('kills') ?? 0)} kills, ${thousands(counts.get('restarts') ?? 0)} restarts`,
  ];
  return `${clockTime(elapsedMs)}  ${parts.join(', ')}\n`;
}

export function isSoakBalanced({ breaches, audit }: SoakResult): boolean {
  return breaches.length === 0 && audit.streams.every(isInOrder);
}

/** Formats the result: the audit of the stores, and the laws that were broken. */
export function drawResult(result: SoakResult, terminal: TerminalShape): string {
  const { breaches, audit } = result;
  const verdict = isSoakBalanced(result)
    ? paint('the books balance', 'green', terminal)
    : paint('the books do not balance', 'red', terminal);
  const names = [...Object.keys(laws), marksLaw];
  const held = names.filter((name) => !breaches.some(({ law }) => law === name)).length;
  return [
    '',
    drawAudit(audit, terminal).trimEnd(),
    '',
    `  seen from outside: ${held} of ${names.length} laws held`,
    ...names.flatMap((name) => drawBreaches(breaches.filter(({ law }) => law === name))),
    '',
    verdict,
    '',
  ].join('\n');
}

function drawBreaches(ofOneLaw: readonly Breach[]): readonly string[] {
  const [first] = ofOneLaw;
  if (!first) return [];
  const listed = ofOneLaw.slice(0, maxListed).map(({ what }) => `      ${what}`);
  const more = ofOneLaw.length - listed.length;
  return [`    broken: ${first.law}`, ...listed, ...(more > 0 ? [`      and ${thousands(more)} more`] : [])];
}

function clockTime(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}
