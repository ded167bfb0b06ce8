import type { Writable } from 'node:stream';
import { thousands } from './table.ts';

/** How often the bar is drawn at the most, in milliseconds. */
const drawEveryMs = 100;
const width = 24;

/** A bar on a terminal that says how far a file has been read; nothing where there is no terminal. */
export class ProgressBar {
  private readonly to: Writable & { readonly isTTY?: boolean };
  /** Undefined where the size is not known, as of standard input. */
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
