import type { Mark } from './apply-claims.ts';

interface WaitingMark {
  readonly mark: Mark;
  readonly sinceMs: number;
  /** The number of the mark, in the order of arrival. */
  readonly number: number;
}

/**
 * The unwritten marks of one block.
 *
 *     add ─► waiting ─► take ─► in flight ─► settle    (written, or lost)
 *               ▲                   │
 *               └───── putBack ─────┘                  (the commit met a conflict)
 */
export class MarkQueue {
  private waiting: WaitingMark[] = [];
  private inFlight: WaitingMark[] = [];
  private callers: { readonly until: number; readonly resolve: () => void }[] = [];
  private added = 0;

  /** The number of marks that wait for a commit. */
  get waitingCount(): number {
    return this.waiting.length;
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0 && this.inFlight.length === 0;
  }

  /** When the oldest waiting mark was added, in milliseconds since 1970. */
  get oldestSinceMs(): number | undefined {
    return this.waiting[0]?.sinceMs;
  }

  add(mark: Mark, nowMs: number): void {
    this.waiting.push({ mark, sinceMs: nowMs, number: this.added++ });
  }

  /** Moves the waiting marks into flight. */
  take(): readonly Mark[] {
    this.inFlight = this.waiting;
    this.waiting = [];
    return this.inFlight.map(({ mark }) => mark);
  }

  /** Moves the marks in flight back to the waiting ones. */
  putBack(): void {
    this.waiting = [...this.inFlight, ...this.waiting];
    this.inFlight = [];
  }

  /** Drops the marks in flight, which are written or lost. */
  settle(): void {
    this.inFlight = [];
    this.tell();
  }

  /** Drops all marks, which are lost. @returns Their number. */
  clear(): number {
    const count = this.waiting.length + this.inFlight.length;
    this.waiting = [];
    this.inFlight = [];
    this.tell();
    return count;
  }

  /** Resolves when all current marks are written or lost. */
  settled(): Promise<void> {
    if (this.isEmpty) return Promise.resolve();
    return new Promise((resolve) => this.callers.push({ until: this.added, resolve }));
  }

  private tell(): void {
    const oldest = (this.inFlight[0] ?? this.waiting[0])?.number ?? this.added;
    const told = this.callers.filter(({ until }) => until <= oldest);
    this.callers = this.callers.filter(({ until }) => until > oldest);
    for (const { resolve } of told) resolve();
  }
}
