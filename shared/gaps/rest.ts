import type { StreamSettings } from '../stream-settings.ts';
import { isForgettablePiece } from './forget.ts';
import type { Progress } from './progress.ts';

/** The interval at which the progress of an idle stream is written, as a share of the window. */
const heartbeat = 1 / 8;
/**
 * The age at which the progress is written although nothing changed, if blocks were read, in milliseconds. Afterwards a
 * sweep does not read these blocks again.
 */
const maxAgeAfterWritesMs = 180_000;

/** Whether a sweep must write its time, although it changed nothing else. */
export function isTimeDue(
  { sweptAtMs }: Progress,
  blocksRead: number,
  nowMs: number,
  { windowMs }: Pick<StreamSettings, 'windowMs'>,
): boolean {
  if (sweptAtMs === undefined) return true;
  const ageMs = nowMs - sweptAtMs;
  return ageMs >= windowMs * heartbeat || (blocksRead > 0 && ageMs >= maxAgeAfterWritesMs);
}

/** Whether a sweep that finds no new id would find and change nothing, in a stream without unresolved gaps. */
export function isAtRest(
  { pieces, sweptAtMs, hasUntold }: Progress,
  nowMs: number,
  { windowMs }: Pick<StreamSettings, 'windowMs'>,
): boolean {
  if (sweptAtMs === undefined || hasUntold) return false;
  return pieces.every((piece) => piece.isScanned && !isForgettablePiece(piece, nowMs, windowMs));
}
