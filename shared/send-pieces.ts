/** The parts of an HTTP response that a body in pieces needs. Node's `ServerResponse` has them. */
export interface PieceReceiver {
  readonly destroyed: boolean;
  flushHeaders(): void;
  /** @returns Whether there is room for more. Otherwise `drain` tells when there is. */
  write(piece: string): boolean;
  end(): void;
  once(event: 'drain' | 'close', listener: () => void): this;
  off(event: 'drain' | 'close', listener: () => void): this;
}

/** Sends a body that is made while it is read, no faster than the client takes it, until it ends or the client goes away. */
export async function sendPieces(pieces: AsyncIterable<string>, response: PieceReceiver): Promise<void> {
  response.flushHeaders();
  for await (const piece of pieces) {
    if (response.destroyed) break;
    if (!response.write(piece)) await roomIn(response);
  }
  response.end();
}

/** Waits until the client takes more, or goes away. No listener stays, because a feed writes as long as its page is open. */
async function roomIn(response: PieceReceiver): Promise<void> {
  if (response.destroyed) return;
  let go: () => void = () => undefined;
  await new Promise<void>((resolve) => {
    go = resolve;
    response.once('drain', go).once('close', go);
  });
  response.off('drain', go).off('close', go);
}

/** Returns a signal that aborts when the client of a response goes away, or has all of it. */
export function goneSignal(response: Pick<PieceReceiver, 'once'>): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
  });
  return gone.signal;
}
