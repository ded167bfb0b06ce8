import { betweenQuestion, betweenTwoFronts } from '../../shared/gaps/between-fronts.ts';
import { countIds, spellRange, spellRanges } from '../../shared/gaps/range.ts';
import { spellWhy } from '../../shared/gaps/spell-why.ts';
import { looksOf } from '../../shared/gaps/surroundings.ts';
import { formatCount } from '../../shared/views/format.ts';
import { statesOf } from '../../shared/views/gap-view.ts';
import { doubtRemedies, spellDoubtful } from '../../shared/views/spell-doubt.ts';
import { separateSequences } from '../../shared/views/spell-revisions.ts';
import { drawTable, paint, thousands, type TableCell, type TerminalShape } from '../screen/table.ts';
import type { ListedGap, Summary } from './books.ts';

/** The maximum number of gaps to list, of each kind. */
const maxGapsListed = 12;

/** Draws the gaps that look like losses. An empty text if there are none. */
export function drawLosses({ gaps }: Summary, terminal: TerminalShape): string {
  const losses = gaps.filter((gap) => !gap.isDoubtful && !isBetweenFronts(gap));
  return drawGaps(losses, { ids: 'missing', reason: 'reason' }, reasonOf, terminal);
}

/** Draws the ranges between two fronts, of whose single ids nothing is known. An empty text if there are none. */
export function drawBetweenFronts({ gaps }: Summary, terminal: TerminalShape): string {
  const ranges = gaps.filter(isBetweenFronts);
  if (ranges.length === 0) return '';
  const table = drawGaps(ranges, { ids: 'between fronts', reason: 'question' }, () => betweenQuestion, terminal);
  const advice = [
    paint('Nothing is known of single ids there: they were lost, or never used.', 'yellow', terminal),
    separateSequences,
  ];
  return `${table}\n\n${advice.map((line) => `  ${line}`).join('\n')}`;
}

function isBetweenFronts({ why }: ListedGap): boolean {
  return why === betweenTwoFronts;
}

/** Draws the gaps that do not look like losses, with the remedies. An empty text if there are none. */
export function drawDoubtful({ gaps }: Summary, terminal: TerminalShape): string {
  const doubtful = gaps.filter(({ isDoubtful }) => isDoubtful);
  if (doubtful.length === 0) return '';
  const looks = ({ why = '' }: ListedGap): string => looksOf(why);
  const table = drawGaps(doubtful, { ids: 'doubtful', reason: 'the numbers around have holes' }, looks, terminal);
  const advice = [
    paint(`${spellDoubtful(doubtful.length)}. No event is inferred there.`, 'yellow', terminal),
    ...spellUnexplained(doubtful),
    ...doubtRemedies,
  ];
  return `${table}\n\n${advice.map((line) => `  ${line}`).join('\n')}`;
}

/** Says which ids are missing for another reason than the pattern of the numbers. */
function spellUnexplained(doubtful: readonly ListedGap[]): readonly string[] {
  const unexplained = doubtful.flatMap((gap) => gap.unexplained ?? []);
  const ids = countIds(unexplained);
  if (ids > 0) {
    const found = `${formatCount(ids, 'id')} ${ids === 1 ? 'is' : 'are'} missing all the same`;
    return [`If the numbers are what they look like, ${found}: ${spellRanges(unexplained)}.`];
  }
  const isExplained = doubtful.every((gap) => gap.unexplained !== undefined);
  return isExplained ? ['If the numbers are what they look like, no event is missing there.'] : [];
}

function drawGaps(
  gaps: readonly ListedGap[],
  titles: { readonly ids: string; readonly reason: string },
  reasonFor: (gap: ListedGap) => string,
  terminal: TerminalShape,
): string {
  if (gaps.length === 0) return '';
  const shown = gaps.slice(0, maxGapsListed);
  const hasReasons = shown.some((gap) => reasonFor(gap) !== '');
  const table = drawTable(
    [
      { title: titles.ids, isWhole: true },
      { title: 'ids', align: 'right' },
      { title: 'state', isWhole: true },
      ...(hasReasons ? [{ title: titles.reason, isWrapped: true as const }] : []),
    ],
    shown.map((gap): TableCell[] => [
      { text: spellRange(gap) },
      { text: thousands(gap.missing), style: 'dim' },
      { text: statesOf(gap).join(', '), style: gap.state === 'reconstructed' ? 'cyan' : 'yellow' },
      ...(hasReasons ? [{ text: reasonFor(gap) }] : []),
    ]),
    terminal,
  );
  const rest = gaps.length - maxGapsListed;
  return rest > 0
    ? `${table}\n${paint(`  and ${formatCount(rest, 'more gap')} (--json lists all)`, 'dim', terminal)}`
    : table;
}

/** Says why a gap is given up, and of how many ids of it that is not true. */
function reasonOf(gap: ListedGap): string {
  const { state, inferred = 0, missing, why } = gap;
  const reason = why === undefined ? '' : spellWhy(why);
  if (state !== 'abandoned' || inferred === 0) return reason;
  return `${thousands(inferred)} inferred; the other ${thousands(missing - inferred)}: ${reason}`;
}
