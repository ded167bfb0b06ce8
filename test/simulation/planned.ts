import type { SentMessage } from './sent-message.ts';

/** A message that is to be sent some milliseconds from now. */
export interface Planned {
  readonly inMs: number;
  readonly sent: SentMessage;
}
