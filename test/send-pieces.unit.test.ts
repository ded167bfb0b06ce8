import { EventEmitter } from 'node:events';
import { sendPieces, type PieceReceiver } from '../shared/send-pieces.ts';

test('waits for room before each piece, and leaves no listener behind', async () => {
  const response = new SlowResponse();
  let most = 0;
  async function* pieces(): AsyncGenerator<string> {
    for (let i = 0; i < 50; i++) {
      most = Math.max(most, response.listenerCount('close'), response.listenerCount('drain'));
      yield await Promise.resolve(`${i} `);
    }
  }
  await sendPieces(pieces(), response);
  expect([response.sent.length, response.isEnded, most]).toEqual([50, true, 0]);
});

test('ends the reading when the client goes away while there is no room', async () => {
  const response = new SlowResponse(3);
  let read = 0;
  async function* pieces(): AsyncGenerator<string> {
    for (;;) yield await Promise.resolve(String(read++));
  }
  await sendPieces(pieces(), response);
  expect(response.sent).toEqual(['0', '1', '2']);
  expect(response.listenerCount('close') + response.listenerCount('drain')).toBe(0);
});

/** A response that never has room, whose client takes each piece later, and goes away after some. */
class SlowResponse extends EventEmitter implements PieceReceiver {
  readonly sent: string[] = [];
  destroyed = false;
  isEnded = false;
  private readonly most: number;

  constructor(most = Number.POSITIVE_INFINITY) {
    super();
    this.most = most;
  }

  flushHeaders(): void {
    expect(this.sent).toEqual([]);
  }

  write(piece: string): boolean {
    this.sent.push(piece);
    queueMicrotask(() => {
      this.destroyed = this.sent.length >= this.most;
      this.emit(this.destroyed ? 'close' : 'drain');
    });
    return false;
  }

  end(): void {
    this.isEnded = true;
  }
}
