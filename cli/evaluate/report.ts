import { formatCount } from '../../shared/views/format.ts';
import { drawTable, thousands, type TableCell, type TerminalShape } from '../screen/table.ts';
import type { Evaluation } from './evaluation.ts';

/** Draws an evaluation as text: its scores beside those of the baseline, and accuracy beside confidence. */
export function drawEvaluation(result: Evaluation, file: string, terminal: TerminalShape): string {
  const name = file === '-' ? 'standard input' : file;
  return [drawCounts(result, name), drawScores(result, terminal), drawBins(result, terminal), ''].join('\n\n');
}

function drawCounts(result: Evaluation, name: string): string {
  const { events, skipped, missing, removed, share, runLength, seed } = result;
  const wanted = Math.max(1, Math.round((events * share) / runLength)) * runLength;
  const asides = [
    ...(removed < wanted
      ? [`${thousands(wanted)} should have been removed, but there is no room for more separate runs`]
      : []),
    ...(skipped > 0 ? [`${formatCount(skipped, 'record')} skipped: they would be dead letters or duplicates`] : []),
    ...(missing > 0 ? [`${formatCount(missing, 'id')} missing before the removal`] : []),
  ];
  const { holes, answers, judged, lateAnswers } = result;
  const runs = runLength > 1 ? ` in runs of ${runLength}` : '';
  const counts = `${name}: ${formatCount(events, 'event')}, ${thousands(removed)} of them removed${runs} (seed ${seed})`;
  const fates =
    holes + answers === 0
      ? []
      : [
          `of the removed ids, ${percent(holes)} never existed, and ${percent(answers)} are answered after the deadline`,
          `late answers: ${formatCount(lateAnswers.originals, 'event')}, ${formatCount(lateAnswers.voids, 'void')}; judged: the last ${formatCount(judged, 'removed event')}`,
        ];
  return [counts, ...fates, ...asides].map((line) => `  ${line}`).join('\n');
}

function drawScores({ baseline, ...score }: Evaluation, terminal: TerminalShape): string {
  const row = (name: string, ours: number | null, theirs: number | null, unit = ''): TableCell[] => [
    { text: name },
    { text: numeral(ours, unit), style: 'green' },
    { text: numeral(theirs, unit) },
  ];
  const [off, usualOff] = [score.timestampErrorSeconds, baseline.timestampErrorSeconds];
  return drawTable(
    [{ title: '' }, { title: 'inferred', align: 'right' }, { title: 'baseline', align: 'right' }],
    [
      row('type accuracy', score.typeAccuracy, baseline.typeAccuracy),
      row('entity accuracy', score.entityAccuracy, baseline.entityAccuracy),
      row('timestamp error, median', off.median, usualOff.median, ' s'),
      row('timestamp error, mean', off.mean, usualOff.mean, ' s'),
      row('expected calibration error', score.ece, baseline.ece),
      row('accuracy at confidence 0.8 and above', score.publishable.accuracy, baseline.publishable.accuracy),
    ],
    terminal,
  );
}

function drawBins({ reliability }: Evaluation, terminal: TerminalShape): string {
  return drawTable(
    [
      { title: 'confidence' },
      { title: 'events', align: 'right' },
      { title: 'mean confidence', align: 'right' },
      { title: 'accuracy', align: 'right' },
    ],
    reliability.map(({ from, to, count, confidence, accuracy }) => [
      { text: `${from.toFixed(1)}–${to.toFixed(1)}` },
      { text: thousands(count) },
      { text: numeral(confidence) },
      { text: numeral(accuracy) },
    ]),
    terminal,
  );
}

function numeral(value: number | null, unit = ''): string {
  if (value === null) return '–';
  return unit === '' ? value.toFixed(3) : `${value.toLocaleString('en-US', { maximumFractionDigits: 1 })}${unit}`;
}

function percent(share: number): string {
  return `${(100 * share).toLocaleString('en-US', { maximumFractionDigits: 2 })} %`;
}
