import { z } from 'zod';

/** How long the same line is not shown again, in milliseconds. */
const quietMs = 5_000;

/** What of a function's log line is shown here (shared/gcp/log.ts writes them). */
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
  /** Milliseconds of some clock. */
  readonly now: () => number;
  /** Takes a line that is to be shown, without its end. */
  readonly show: (line: string) => void;
}

/** Shows a developer what matters of a function's output, a line each: what went wrong, and what was counted. */
export class FunctionOutput {
  private readonly deps: FunctionOutputDeps;
  private readonly shown = new Map<string, { atMs: number; kept: number }>();

  constructor(deps: FunctionOutputDeps) {
    this.deps = deps;
  }

  /** Takes a line of the log, or of what the framework says about itself, which is nobody's concern. */
  takeOutput(line: string): void {
    const text = textOf(line);
    if (text !== undefined) this.say(text);
  }

  /** Takes a line that no log wrote: a crash, a warning. */
  takeError(line: string): void {
    if (line.trim() !== '') this.say(line);
  }

  /** Shows a line, unless the same was shown just now: an outage fails every delivery in the same way. */
  say(text: string): void {
    const { name, now, show } = this.deps;
    const atMs = now();
    const last = this.shown.get(text);
    if (last && atMs - last.atMs < quietMs) {
      last.kept++;
      return;
    }
    this.shown.set(text, { atMs, kept: 0 });
    show(`${name.padEnd(11)}  ${text}${last && last.kept > 0 ? ` (and ${last.kept} times more before)` : ''}`);
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
  // How each sweep leaves its stream is for dashboards: here the console shows it.
  if (log.message === 'swept') return undefined;
  if (!log.counts) return `${log.severity} ${log.message}`;
  const counts = Object.entries(log.counts);
  // That something was received is no news: every sweep is.
  return counts.every(([counter]) => counter === 'received')
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
