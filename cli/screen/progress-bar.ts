import { formatCount } from '../../shared/views/format.ts';
import type { Writable } from 'node:stream';
import { thousands } from './table.ts';

/** The shortest time between two drawings, in milliseconds. */
const drawEveryMs = 100;
const width = 24;

/**
 * A bar that shows on a terminal how much of a file has been read, or of another task done: the share, the rate, the time
 * that has passed, and the time that is left at this rate. Elsewhere it draws nothing.
 */
export class ProgressBar {
  private readonly to: Writable & { readonly isTTY?: boolean };
  /** Undefined if the size is not known, as for standard input. */
  private readonly total: number | undefined;
  readonly startedAtMs: number;
  readonly noun: 'event' | 'letter';
  /** The amount that was done before the bar began. It says nothing about the pace. */
  private readonly before: number;
  private done: number;
  private drawnAtMs = 0;

  constructor(
    to: Writable & { readonly isTTY?: boolean },
    total: number | undefined,
    {
      noun = 'event',
      startedAtMs = Date.now(),
      before = 0,
    }: Partial<Pick<ProgressBar, 'noun' | 'startedAtMs'>> & { readonly before?: number } = {},
  ) {
    this.before = before;
    this.done = before;
    this.noun = noun;
    this.to = to;
    this.total = total;
    this.startedAtMs = startedAtMs;
  }

  advance(by: number): void {
    this.done += by;
  }

  /** Passes on the chunks of a file, and advances by their bytes. */
  async *follow(input: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
    for await (const chunk of input as AsyncIterable<Uint8Array>) {
      this.advance(chunk.length);
      yield chunk;
    }
  }

  draw(count: number, nowMs: number): void {
    if (this.to.isTTY !== true || nowMs - this.drawnAtMs < drawEveryMs) return;
    this.drawnAtMs = nowMs;
    this.to.write(
      `\r\x1b[K${this.bar()}${formatCount(count, this.noun)}${this.pace(count - this.before, nowMs - this.startedAtMs)}`,
    );
  }

  clear(): void {
    if (this.to.isTTY === true && this.drawnAtMs > 0) this.to.write('\r\x1b[K');
  }

  private pace(count: number, elapsedMs: number): string {
    if (elapsedMs <= 0) return '';
    const rate = `  ${thousands(Math.round((count * 1_000) / elapsedMs))}/s  ${spellTime(elapsedMs)}`;
    const share = this.share();
    if (share === undefined || this.total === undefined || this.done === this.before) return rate;
    const leftMs = (elapsedMs * (1 - share) * this.total) / (this.done - this.before);
    return `${rate}, ${spellTime(leftMs)} left`;
  }

  private share(): number | undefined {
    return this.total === undefined || this.total === 0 ? undefined : Math.min(1, this.done / this.total);
  }

  private bar(): string {
    const share = this.share();
    if (share === undefined) return '';
    const full = Math.round(share * width);
    return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${String(Math.round(share * 100)).padStart(3)} %  `;
  }
}

/** Writes a time as minutes and seconds, or with hours: 0:07, 1:02:30. */
function spellTime(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [first = 0, ...rest] = parts[0] === 0 ? parts.slice(1) : parts;
  return [String(first), ...rest.map((part) => String(part).padStart(2, '0'))].join(':');
}
