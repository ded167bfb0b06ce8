import type { Delivery } from './messages/message.ts';

/** A message that was pulled. It is acked or nacked once. */
export interface PulledMessage extends Omit<Delivery, 'topic' | 'deadlineMs'> {
  /** Milliseconds since 1970. */
  readonly arrivedAtMs: number;
  readonly ack: () => void;
  /** Lets the message be delivered again, with the backoff of the subscription. */
  readonly nack: () => void;
}

export interface PullListener {
  readonly onMessage: (message: PulledMessage) => void;
  /** Called when the stream ends by itself, which it does after an error that does not pass by itself. */
  readonly onEnd: (error: unknown) => void;
}

/** An open stream of messages. */
export interface PullStream {
  /** Sends the acks and nacks that wait, and gives back the messages that were not acked. Then `onEnd` is not called. */
  close(): Promise<void>;
}

/** A subscription to pull from. */
export interface PullSource {
  open(listener: PullListener): PullStream;
  /** Whether a message waits that no stream has brought. The message is given back. */
  holdsMessage(): Promise<boolean>;
}
