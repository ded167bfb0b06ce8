import type { Clock } from '../ports.ts';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
  isOff: boolean;
}

/** A clock that moves only when it is told to. So tests can skip hours, and every run is the same. */
export class VirtualClock implements Clock {
  private nowMs: number;
  private order = 0;
  /** A binary heap. The timer that is due first is the first element. */
  private readonly timers: Timer[] = [];

  /** @param startMs Milliseconds since 1970. */
  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  now(): number {
    return this.nowMs;
  }

  schedule(delayMs: number, run: () => void): () => void {
    const timer: Timer = { atMs: this.nowMs + Math.max(0, delayMs), order: this.order++, run, isOff: false };
    this.timers.push(timer);
    siftUp(this.timers);
    return () => {
      timer.isOff = true;
    };
  }

  /** Moves the time forward and runs the timers that become due. */
  advance(byMs: number): void {
    const untilMs = this.nowMs + byMs;
    while (this.runNext(untilMs));
    this.nowMs = untilMs;
  }

  /**
   * Moves the time to the next timer and runs it, unless it is later than `untilMs`. @returns Whether there was a
   * timer.
   */
  runNext(untilMs = Number.POSITIVE_INFINITY): boolean {
    for (let timer = this.timers[0]; timer && timer.atMs <= untilMs; timer = this.timers[0]) {
      removeFirst(this.timers);
      if (timer.isOff) continue;
      this.nowMs = Math.max(this.nowMs, timer.atMs);
      timer.run();
      return true;
    }
    return false;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function siftUp(heap: Timer[]): void {
  for (let at = heap.length - 1; at > 0;) {
    const above = (at - 1) >> 1;
    if (!swapIfBefore(heap, at, above)) return;
    at = above;
  }
}

function removeFirst(heap: Timer[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  heap[0] = last;
  for (let at = 0; ;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    if (!left) return;
    const below = right && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
    if (!swapIfBefore(heap, below, at)) return;
    at = below;
  }
}

/** Swaps a timer with its parent in the heap if it is due earlier. */
function swapIfBefore(heap: Timer[], below: number, above: number): boolean {
  const lower = heap[below];
  const upper = heap[above];
  if (!lower || !upper || !isBefore(lower, upper)) return false;
  heap[above] = lower;
  heap[below] = upper;
  return true;
}
