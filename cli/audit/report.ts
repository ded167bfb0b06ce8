import { spellRange } from '../../shared/gaps/range.ts';
import type { Audit, FrontAudit, StreamAudit } from '../../shared/audit/stream-audit.ts';
import { describeUnnumbered } from '../../shared/views/unnumbered-view.ts';
import type { Column } from '../screen/fit-columns.ts';
import { drawTable, paint, thousands, type Style, type TableCell, type TerminalShape } from '../screen/table.ts';
import { countHeldOrExpected, isUnproved } from '../../shared/audit/books.ts';

/** The most entries that are listed. */
const maxListed = 20;

/** The most fronts whose ids a line names. */
const maxNamed = 8;

/** Draws an audit: a table of the fronts, and below it the findings, the unpublished entries and the open letters. */
export function drawAudit(audit: Audit, terminal: TerminalShape): string {
  const { streams, openLetters } = audit;
  if (streams.length === 0) return 'no streams\n';
  const lines = [table(streams, terminal), '', ...streams.flatMap(verdict)];
  lines.push('', ...unpublishedLines(audit), '', letterLine(openLetters));
  return `${lines.map((line) => paint(line, styleOf(line), terminal)).join('\n')}\n`;
}

const neverSwept = 'never swept';

function styleOf(line: string): Style | undefined {
  if (line.startsWith('  off')) return 'red';
  return line.startsWith(`  ${neverSwept}`) ? 'yellow' : undefined;
}

/** The columns of a front's row after its ids. */
const columns: readonly { readonly title: string; readonly count: (front: FrontAudit) => number }[] = [
  { title: 'how many', count: countHeldOrExpected },
  { title: 'clean', count: ({ held }) => held.clean },
  { title: 'with verify', count: ({ held }) => held.suspect },
  { title: 'reconstructed', count: ({ held }) => held.reconstructed },
  { title: 'closed', count: ({ held }) => held.closed },
  { title: 'missing', count: ({ missing }) => missing },
  { title: 'given up', count: ({ givenUp }) => givenUp },
  { title: 'assumed void', count: ({ assumed }) => assumed },
  { title: 'not looked at yet', count: ({ notLookedAt }) => notLookedAt },
];

/** Draws a row for each front. A stream without a front has a row without numbers. */
function table(streams: readonly StreamAudit[], terminal: TerminalShape): string {
  const hasAssumed = streams.some(({ fronts }) => fronts.some(({ assumed }) => assumed > 0));
  const shown = columns.filter(({ title }) => hasAssumed || title !== 'assumed void');
  const titles = [...shown.map(({ title }) => title), 'off'];
  const rows = streams.flatMap(({ stream, fronts, unnumbered }) =>
    fronts.length === 0
      ? [
          [stream, unnumbered ? 'no numbers' : '–', ...Array<string>(titles.length).fill('–')].map(
            (text): TableCell => ({ text }),
          ),
        ]
      : fronts.map((front) => [
          { text: stream },
          { text: spellRange(front) },
          ...shown.map(({ count }) => ({ text: thousands(count(front)) })),
          offCell(front),
        ]),
  );
  const header = [
    { title: 'stream', isWhole: true } as const,
    { title: 'ids', isWhole: true } as const,
    ...titles.map((title): Column => ({ title, align: 'right', ...(title !== 'off' && { isOptional: true }) })),
  ];
  return drawTable(header, rows, terminal);
}

function offCell({ difference }: FrontAudit): TableCell {
  return { text: thousands(difference), ...(difference !== 0 && { style: 'red' as const }) };
}

function verdict(audited: StreamAudit): readonly string[] {
  const { stream, fronts, difference, findings, notes = [] } = audited;
  const more = [...findings, ...notes].map((line) => `    ${line}`);
  if (difference !== 0) return [`  off by ${offBy(fronts)}: ${stream}`, ...more];
  if (findings.length > 0) return [`  off: ${stream}`, ...neverProved(audited), ...more];
  return [...provedLines(audited), ...neverProved(audited), ...more];
}

/** Spells the difference of each front: `256`, or `256 in 1–1000, -1 in 5001–5090`. */
function offBy(fronts: readonly FrontAudit[]): string {
  const off = fronts.filter(({ difference }) => difference !== 0);
  if (fronts.length === 1) return thousands(off[0]?.difference ?? 0);
  return off.map((front) => `${thousands(front.difference)} in ${spellRange(front)}`).join(', ');
}

/** Says that nothing is proved, so that nobody takes the table for a proof. */
function neverProved({ stream, fronts, isSwept }: StreamAudit): readonly string[] {
  return named(
    fronts.filter(isUnproved).map(spellRange),
    (ranges) => `  ${isSwept ? 'in its first grace' : neverSwept}: ${stream} ${ranges}; nothing is proved of these ids`,
  );
}

function provedLines({ stream, fronts, unnumbered }: StreamAudit): readonly string[] {
  if (unnumbered) return [`  ${stream}: ${describeUnnumbered(unnumbered)}; nothing is proved`];
  if (fronts.length === 0)
    return [`  ${stream}: nothing to prove, since it has no front, or all its ids may be forgotten`];
  const proved = fronts.filter((front) => !isUnproved(front));
  const moved = proved.reduce((sum, front) => sum + front.moved, 0);
  const meanwhile = moved > 0 ? `, except for ${thousands(moved)} that came meanwhile` : '';
  return named(
    proved.map(({ from, scanned }) => `from ${from} to ${scanned}`),
    (ranges) => `  ${stream} balances: every id ${ranges} is in one place${meanwhile}`,
  );
}

/** Makes a line that names some ranges. No line if there are none. */
function named(ranges: readonly string[], line: (ranges: string) => string): readonly string[] {
  if (ranges.length === 0) return [];
  const more = ranges.length - maxNamed;
  return [line([...ranges.slice(0, maxNamed), ...(more > 0 ? [`${more} more`] : [])].join(', '))];
}

function unpublishedLines({ unpublished, isUnpublishedCut = false }: Audit): readonly string[] {
  const known = 'accepted and not known to be published';
  if (unpublished.length === 0 && !isUnpublishedCut) return [`  ${known}: none`];
  const listed = unpublished
    .slice(0, maxListed)
    .map(
      ({ stream, eventId, state, type, instantMs, atLeastMs }) =>
        `    ${stream} ${eventId ?? `at ${spellInstant(instantMs)}`}  ${state}  ${type}  ${atLeastMs === undefined ? 'age not known' : `for ${Math.max(0, Math.floor(atLeastMs / 1_000))} s or more`}`,
    );
  const more = unpublished.length - listed.length;
  const atLeast = isUnpublishedCut ? 'at least ' : '';
  return [
    `  ${known}: ${atLeast}${thousands(unpublished.length)}. Every event is in this state for about a second.`,
    '  If it stays longer, its message will come again after a crash, or its mark was lost.',
    ...listed,
    ...(more > 0 ? [`    and ${atLeast}${thousands(more)} more`] : []),
  ];
}

/** Spells the timestamp of an event that has no id. */
function spellInstant(instantMs: number | undefined): string {
  return instantMs === undefined ? 'an unknown time' : new Date(instantMs).toISOString();
}

function letterLine(openLetters: ReadonlyMap<string, number>): string {
  const byCode = [...openLetters].map(([code, count]) => `${thousands(count)} ${code}`);
  const all = [...openLetters.values()].reduce((sum, count) => sum + count, 0);
  return `  open dead letters: ${thousands(all)}${all > 0 ? ` (${byCode.join(', ')})` : ''}`;
}
