import { formatCount } from '../../shared/views/format.ts';
import { explain, isCode } from '../../shared/failure.ts';
import { attributeNames } from '../../shared/messages/attributes.ts';
import type { Message } from '../../shared/messages/message.ts';
import type { StreamView } from '../../shared/views/stream-view.ts';
import { lineAttribute } from '../clean/output-line.ts';
import type { Column } from '../screen/fit-columns.ts';
import { drawTable, paint, type TableCell, type TerminalShape } from '../screen/table.ts';

export interface Sample {
  /** The events that the producer published, in order. */
  readonly sent: readonly string[];
  readonly clean: readonly Message[];
  readonly letters: readonly Message[];
  /** The stream, as the console shows it. */
  readonly stream: Pick<StreamView, 'highWater' | 'watermark'>;
}

interface SampleEvent {
  readonly event_id?: number;
  readonly type?: string;
  readonly timestamp?: string;
  readonly valid?: boolean;
}

const eventColumns: readonly Column[] = [
  { title: 'event_id', isWhole: true },
  { title: 'type' },
  { title: 'timestamp', isWhole: true, isOptional: true },
  { title: 'valid' },
];

/** Draws what happened to the sample: the incoming events with their outcomes, the clean events, and the dead letters. */
export function drawSample(sample: Sample, terminal: TerminalShape): string {
  const heading = (text: string): string => paint(text, 'bold', terminal);
  const reconstructed = sample.clean.filter(({ attributes }) => attributes.origin === 'reconstructed').length;
  const { watermark, highWater } = sample.stream;
  return [
    '',
    heading(`  ${formatCount(sample.sent.length, 'event')} came in on events`),
    '',
    drawIncoming(sample, terminal),
    '',
    heading(
      `  ${sample.clean.length} cleaned, ${reconstructed} of them reconstructed: what consumers read on cleaned-events`,
    ),
    '',
    drawClean(sample, terminal),
    '',
    heading(`  ${formatCount(sample.letters.length, 'dead letter')}: waiting in dead-letter-queue with their reasons`),
    '',
    drawLetters(sample, terminal),
    '',
    `  Watermark ${String(watermark)} of ${String(highWater)}: everything at or below it is accounted for.`,
    '',
    '',
  ].join('\n');
}

function drawIncoming({ sent, clean, letters }: Sample, terminal: TerminalShape): string {
  const columns = [{ title: '#', align: 'right' }, ...eventColumns, { title: 'became', isWhole: true }] as const;
  const rows = sent.map((text, i) => [
    { text: String(i + 1), style: 'dim' } as const,
    ...eventCells(text),
    outcome(String(i + 1), clean, letters),
  ]);
  return drawTable(columns, rows, terminal);
}

function outcome(line: string, clean: readonly Message[], letters: readonly Message[]): TableCell {
  const isThis = ({ attributes }: Message): boolean => attributes[lineAttribute] === line;
  const event = clean.find(isThis);
  const letter = letters.find(isThis);
  if (letter) return { text: `dead letter: ${letter.attributes[attributeNames.code] ?? ''}`, style: 'yellow' };
  if (!event) return { text: 'pending', style: 'red' };
  const { repaired } = event.attributes;
  return { text: repaired === undefined ? 'clean' : `clean, ${repaired} repaired`, style: 'green' };
}

function drawClean({ clean }: Sample, terminal: TerminalShape): string {
  const rows = clean.map(({ data, attributes }) => {
    const { origin, confidence, idempotency_key: key = '' } = attributes;
    const isInferred = origin === 'reconstructed';
    const from: TableCell = isInferred
      ? { text: `reconstructed, confidence ${Number(confidence).toFixed(2)}`, style: 'cyan' }
      : { text: origin ?? '', style: 'green' };
    return [...eventCells(Buffer.from(data).toString()), from, { text: key, style: 'dim' } as const];
  });
  return drawTable(
    [...eventColumns, { title: 'origin' }, { title: 'idempotency_key', isWhole: true, isOptional: true }],
    rows,
    terminal,
  );
}

function drawLetters({ letters }: Sample, terminal: TerminalShape): string {
  const rows = letters.map(({ data, attributes }) => {
    const { [attributeNames.code]: code, [attributeNames.detail]: detail = '' } = attributes;
    return [
      ...eventCells(Buffer.from(data).toString()),
      { text: code ?? '', style: 'yellow' } as const,
      { text: `${isCode(code) ? explain({ code, detail }) : ''} (${detail})` },
    ];
  });
  return drawTable(
    [...eventColumns, { title: 'code', isWhole: true }, { title: 'reason', isWrapped: true }],
    rows,
    terminal,
  );
}

function eventCells(text: string): TableCell[] {
  const event = JSON.parse(text) as SampleEvent;
  return [event.event_id, event.type, event.timestamp, event.valid].map((value) => ({
    text: value === undefined ? '–' : String(value),
  }));
}
