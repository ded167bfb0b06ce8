import type { ComparisonHealth, StreamHealth } from '../logged-health.ts';
import type { Clock, Counter, Log } from '../ports.ts';
import { errorChain, stackTrace } from './error-chain.ts';

export interface CloudLogDeps {
  readonly projectId: string;
  /** The function that writes the log. */
  readonly functionName: string;
  /** The revision of the sources that it was made of, if known. */
  readonly revision?: string | undefined;
  readonly clock: Clock;
  /** The interval at which counts are written if there are any, in milliseconds. */
  readonly countsIntervalMs: number;
  /** Writes a line. The argument has no line break. */
  readonly write: (line: string) => void;
}

/**
 * Writes the log as lines of JSON, which Cloud Logging reads from the standard output
 * (https://cloud.google.com/logging/docs/structured-logging).
 *
 *     {"severity":"INFO","message":"counts","function":"track","counts":{"published":812,"duplicate":3}}
 *     {"severity":"INFO","message":"swept","function":"sweep","sweep":{"stream":"orders","lag":3,"oldestGapSeconds":60,…}}
 *     {"severity":"ERROR","message":"a delivery failed","function":"track","errors":[…],"stack_trace":"…"}
 *
 * track counts how long events took in the same line: `"clean-direct":812,"clean-direct-over-60s":3` (time-to-clean.ts).
 * A deployed function adds `"revision":"0a1b2c3d4e5f"`. Counts are summed and written once an interval, because a line for
 * each event would cost more than the event.
 */
export class CloudLog implements Log {
  private readonly deps: CloudLogDeps;
  private readonly counts = new Map<Counter, number>();
  private cancel: (() => void) | undefined;

  constructor(deps: CloudLogDeps) {
    this.deps = deps;
  }

  count(counter: Counter, by = 1): void {
    if (by <= 0) return;
    this.counts.set(counter, (this.counts.get(counter) ?? 0) + by);
    this.cancel ??= this.deps.clock.schedule(this.deps.countsIntervalMs, () => {
      this.flush();
    });
  }

  swept(health: StreamHealth): void {
    this.write('INFO', 'swept', { sweep: health });
  }

  compared(health: ComparisonHealth): void {
    this.write('INFO', 'compared', { comparison: health });
  }

  /** @param traceId The trace of the request, which Cloud Run started, if known. */
  error(message: string, error: unknown, traceId?: string): void {
    const chain = errorChain(error);
    this.write('ERROR', message, {
      ...(traceId !== undefined && {
        'logging.googleapis.com/trace': `projects/${this.deps.projectId}/traces/${traceId}`,
      }),
      errors: chain.map(({ name, code, message: text }) => ({ name, code, message: text })),
      stack_trace: stackTrace(chain),
    });
  }

  warn(message: string): void {
    this.write('WARNING', message, {});
  }

  /** Writes the counts since the last time. */
  flush(): void {
    this.cancel?.();
    this.cancel = undefined;
    if (this.counts.size === 0) return;
    this.write('INFO', 'counts', { counts: Object.fromEntries(this.counts) });
    this.counts.clear();
  }

  private write(
    severity: 'INFO' | 'WARNING' | 'ERROR',
    message: string,
    more: Readonly<Record<string, unknown>>,
  ): void {
    const { functionName, revision } = this.deps;
    this.deps.write(JSON.stringify({ severity, message, function: functionName, revision, ...more }));
  }
}

/** Returns the trace id from the headers that Cloud Run adds: `traceparent` (W3C) or `X-Cloud-Trace-Context`. */
export function traceIdOf(headers: Readonly<Record<string, string | string[] | undefined>>): string | undefined {
  const w3c = /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(textOf(headers.traceparent));
  const google = /^([0-9a-f]{32})(?:\/|$)/.exec(textOf(headers['x-cloud-trace-context']));
  return w3c?.[1] ?? google?.[1];
}

function textOf(header: string | string[] | undefined): string {
  return typeof header === 'string' ? header : '';
}
