import { formatCount } from '../../shared/views/format.ts';
import { z } from 'zod';

/** How long the same line is not shown again, in milliseconds. */
const quietMs = 5_000;

/** The members of a function's log line that are shown here (shared/gcp/log.ts writes the lines). */
const logLine = z.object({
  severity: z.string(),
  message: z.string(),
  counts: z.record(z.string(), z.number()).optional(),
  errors: z
    .array(z.object({ name: z.string(), code: z.union([z.string(), z.number()]).optional(), message: z.string() }))
    .optional(),
});

export interface FunctionOutputDeps {
  readonly name: string;
  /** The time of any clock, in milliseconds. */
  readonly now: () => number;
  /** Shows a line. It has no line break at its end. */
  readonly show: (line: string) => void;
}

/** Shows the errors and the counts in a function's output to a developer, one line each. */
export class FunctionOutput {
  private readonly deps: FunctionOutputDeps;
  private readonly shown = new Map<string, { atMs: number; kept: number }>();

  constructor(deps: FunctionOutputDeps) {
    this.deps = deps;
  }

  /**
   * Takes a line of standard output: a line of the log, or one that the framework writes about itself, which is not
   * shown.
   */
  takeOutput(line: string): void {
    const text = textOf(line);
    if (text !== undefined) this.say(text);
  }

  /** Takes a line of standard error, such as a crash or a warning. */
  takeError(line: string): void {
    if (line.trim() !== '') this.say(line);
  }

  /** Shows a line, unless the same line was shown a moment ago: in an outage every delivery fails in the same way. */
  say(text: string): void {
    const { name, now, show } = this.deps;
    const atMs = now();
    const last = this.shown.get(text);
    if (last && atMs - last.atMs < quietMs) {
      last.kept++;
      return;
    }
    this.shown.set(text, { atMs, kept: 0 });
    show(
      `${name.padEnd(11)}  ${text}${last && last.kept > 0 ? ` (and ${formatCount(last.kept, 'more time')} before)` : ''}`,
    );
  }
}

function textOf(line: string): string | undefined {
  const { data: log } = logLine.safeParse(parsed(line));
  if (!log) return undefined;
  if (log.errors) {
    const causes = log.errors.map(
      ({ name, code, message }) => `${name}${code === undefined ? '' : ` ${code}`}: ${message}`,
    );
    return [log.message, ...causes].join(' ← ');
  }
  // Dashboards need the progress of each sweep. Here the console shows it.
  if (log.message === 'swept') return undefined;
  if (!log.counts) return `${log.severity} ${log.message}`;
  // How fast events become clean is for dashboards too.
  const counts = Object.entries(log.counts).filter(([counter]) => !counter.startsWith('clean-'));
  // Counts of received messages and ticks alone are not shown: every sweep has them.
  return counts.every(([counter]) => counter === 'received' || counter === 'tick')
    ? undefined
    : counts.map(([counter, n]) => `${counter} ${n}`).join(', ');
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
