import type { BlockRef } from '../ports.ts';
import { isFullBlock, latestInstant, type Block } from './block.ts';

/**
 * Returns how long a block is stored after a write, in milliseconds. A full block is stored for two windows, because its
 * pages must not outlive it. A bucket of times ahead of the clock is stored for a window after these times, and at most
 * for a window more: until then its events are not old.
 */
export function blockLifetimeMs({ isBucket }: BlockRef, block: Block, windowMs: number, nowMs: number): number {
  const aheadMs = isBucket ? latestInstant(block) - nowMs : 0;
  return windowMs * (isFullBlock(block) ? 2 : 1) + Math.min(windowMs, Math.max(0, aheadMs));
}
