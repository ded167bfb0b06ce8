import type { BlockRef } from '../ports.ts';
import { isFullBlock, latestInstant, type Block } from './block.ts';

/**
 * Returns how long a block is stored after a write, in milliseconds. A full block is stored for two windows, because its
 * pages must not outlive it. A bucket is stored as long as the event in it with the latest timestamp.
 */
export function blockLifetimeMs({ isBucket }: BlockRef, block: Block, windowMs: number, nowMs: number): number {
  const fullMs = isFullBlock(block) ? windowMs : 0;
  return fullMs + (isBucket ? lifetimeUntilOldMs(latestInstant(block), windowMs, nowMs) : windowMs);
}

/**
 * Returns how long an event of an unnumbered stream is known after a write, in milliseconds: for a window. If its
 * timestamp is ahead of the clock, for a window after the timestamp, and at most for a window more: until then the event
 * is not old.
 */
export function lifetimeUntilOldMs(instantMs: number, windowMs: number, nowMs: number): number {
  return windowMs + Math.min(windowMs, Math.max(0, instantMs - nowMs));
}
