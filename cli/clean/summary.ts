import { spellRanges } from '../../shared/gaps/range.ts';
import { formatCount } from '../../shared/views/format.ts';
import { spellOffStep } from '../../shared/views/spell-off-step.ts';
import { askForStep } from '../../shared/views/spell-outliers.ts';
import type { CleanResult, FileReading, Summary } from './books.ts';
import { drawBetweenFronts, drawDoubtful, drawLosses } from './gap-tables.ts';
import { spellReason } from './reasons.ts';
import { drawSharedIds } from './shared-ids.ts';
import { drawTable, paint, thousands, type TableCell, type Style, type TerminalShape } from '../screen/table.ts';

/** The maximum number of reasons to list. */
const maxReasonsListed = 12;

/** Draws the summary of a file as text: what became of its events, its dead letters by code, and its gaps. */
export function drawSummary(summary: CleanResult, file: string, terminal: TerminalShape): string {
  const { received, cleaned, reconstructed, deadLettered, applied, dropped, pending } = summary;
  const row = (name: string, n: number, style?: Style): TableCell[] => [
    { text: name },
    { text: thousands(n), ...(n > 0 && style && { style }) },
  ];
  const counts = drawTable(
    [{ title: file }, { title: 'events', align: 'right' }],
    [
      row('received', received),
      row('cleaned', cleaned, 'green'),
      row('of them reconstructed', reconstructed, 'cyan'),
      row('dead-lettered', deadLettered, 'yellow'),
      ...(applied > 0 ? [row('voids applied', applied)] : []),
      ...(dropped > 0 ? [row('dropped', dropped)] : []),
      ...(pending > 0 ? [row('pending', pending, 'red')] : []),
    ],
    terminal,
  );
  const { form, source } = summary.reading;
  const by = source === undefined ? '' : `, by the source ${source}`;
  const parts = [
    `${counts}\n\n${paint(`  read as ${form}${by}`, 'dim', terminal)}`,
    drawEnd(summary.reading, terminal),
    drawAdvice(summary, terminal),
    ...[drawReasons, drawLosses, drawDoubtful, drawBetweenFronts, drawOutliers, drawOffStep, drawSharedIds].map(
      (draw) => draw(summary, terminal),
    ),
  ];
  return parts.filter(Boolean).join('\n\n') + '\n';
}

/** Draws why the end of the file is missing. */
function drawEnd({ cutLine, problem }: FileReading, terminal: TerminalShape): string {
  const cut = 'the file ends in the middle of the event that begins on line';
  const text = problem ?? (cutLine === undefined ? '' : `${cut} ${cutLine}: is it cut off?`);
  return text && paint(`  ${text}`, 'yellow', terminal);
}

function drawAdvice({ advice }: CleanResult, terminal: TerminalShape): string {
  return advice === undefined ? '' : paint(`  ${advice}`, 'yellow', terminal);
}

function drawReasons({ reasons }: Summary, terminal: TerminalShape): string {
  if (reasons.length === 0) return '';
  const table = drawTable(
    [
      { title: 'dead letters', isWhole: true },
      { title: 'letters', align: 'right' },
      { title: 'first line', align: 'right', isOptional: true },
      { title: 'reason', isWrapped: true },
    ],
    reasons
      .slice(0, maxReasonsListed)
      .map(({ code, detail, letters, firstLine }) => [
        { text: code, style: 'yellow' },
        { text: thousands(letters) },
        { text: firstLine === undefined ? '–' : thousands(firstLine) },
        { text: spellReason({ code, detail }) },
      ]),
    terminal,
  );
  const rest = reasons.length - maxReasonsListed;
  return rest > 0
    ? `${table}\n${paint(`  and ${formatCount(rest, 'more reason')} (--json lists all)`, 'dim', terminal)}`
    : table;
}

/** Draws ids that are far from all others. They may be wrong. */
function drawOutliers({ outliers }: Summary, terminal: TerminalShape): string {
  if (outliers.length === 0) return '';
  const ids = spellRanges(outliers.map((id) => ({ from: id, to: id })));
  const lines = [
    paint(`${formatCount(outliers.length, 'id')} far from all others: ${ids}`, 'yellow', terminal),
    `Such an event is cleaned, and nothing is concluded from its id. ${askForStep(outliers) ?? 'Is the id wrong?'}`,
  ];
  return lines.map((line) => `  ${line}`).join('\n');
}

/** Draws the events of streams with a step that are off it. */
function drawOffStep({ offStep }: Summary, terminal: TerminalShape): string {
  const lines = offStep.flatMap(({ stream, step, ...found }) => {
    const spelt = spellOffStep(found, step) ?? '';
    const of = stream === undefined ? '' : `${stream}: `;
    return [
      paint(`${of}${spelt}`, 'yellow', terminal),
      `Such an event is cleaned, and the stream counts by ${step} without it. Is the step right?`,
    ];
  });
  return lines.map((line) => `  ${line}`).join('\n');
}
