import type { Writable } from 'node:stream';
import { thousands } from './table.ts';

/** The shortest time between two drawings, in milliseconds. */
const drawEveryMs = 100;
const width = 24;

/** A bar that shows on a terminal how much of a file has been read, or of another task done. Elsewhere it draws nothing. */
export class ProgressBar {
  private readonly to: Writable & { readonly isTTY?: boolean };
  /** Undefined if the size is not known, as for standard input. */
  private readonly total: number | undefined;
  private done = 0;
  private drawnAtMs = 0;

  constructor(to: Writable & { readonly isTTY?: boolean }, total: number | undefined) {
    this.to = to;
    this.total = total;
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

  draw(events: number, nowMs: number): void {
    if (this.to.isTTY !== true || nowMs - this.drawnAtMs < drawEveryMs) return;
    this.drawnAtMs = nowMs;
    this.to.write(`\r\x1b[K${this.bar()}${thousands(events)} events`);
  }

  clear(): void {
    if (this.to.isTTY === true && this.drawnAtMs > 0) this.to.write('\r\x1b[K');
  }

  private bar(): string {
    if (this.total === undefined || this.total === 0) return '';
    const share = Math.min(1, this.done / this.total);
    const full = Math.round(share * width);
    return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${String(Math.round(share * 100)).padStart(3)} %  `;
  }
}
