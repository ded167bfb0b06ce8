import type { Writable } from 'node:stream';
import { thousands } from './table.ts';

/** The shortest time between two drawings, in milliseconds. */
const drawEveryMs = 100;
const width = 24;

/** A bar that shows on a terminal how much of a file has been read. Elsewhere it draws nothing. */
export class ProgressBar {
  private readonly to: Writable & { readonly isTTY?: boolean };
  /** Undefined if the size is not known, as for standard input. */
  private readonly totalBytes: number | undefined;
  private bytes = 0;
  private drawnAtMs = 0;

  constructor(to: Writable & { readonly isTTY?: boolean }, totalBytes: number | undefined) {
    this.to = to;
    this.totalBytes = totalBytes;
  }

  read(bytes: number): void {
    this.bytes += bytes;
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
    if (this.totalBytes === undefined || this.totalBytes === 0) return '';
    const share = Math.min(1, this.bytes / this.totalBytes);
    const full = Math.round(share * width);
    return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${String(Math.round(share * 100)).padStart(3)} %  `;
  }
}
