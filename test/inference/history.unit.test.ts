import { RetryableError } from '../../shared/errors.ts';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { History } from '../../shared/inference/history.ts';
import type { Block } from '../../shared/tracking/block.ts';
import { anEntry, atOnce, cellsOf, hold, idsFrom, minuteMs, noon } from '../support/builders.ts';

/** Blocks whose scans are written down. */
class WatchedBlocks extends EmbeddedBlockStore {
  readonly scans: string[] = [];
  answers = true;

  override scan(stream: string, from: number, to: number): AsyncIterable<Block> {
    this.scans.push(`${stream} ${from}–${to}`);
    if (!this.answers) throw new RetryableError('the store does not answer');
    return super.scan(stream, from, to);
  }
}

function aHistory() {
  const blocks = new WatchedBlocks(atOnce);
  const clock = new VirtualClock(noon);
  return { blocks, clock, scans: blocks.scans, history: new History({ blocks, clock }) };
}

test('what usually stands where is drawn from the four blocks of a gap and four on either side', async () => {
  const { history, blocks, scans } = aHistory();
  // Blocks 3 and 16 are too far away, 4 and 15 are not.
  await hold(blocks, 'orders', cellsOf(idsFrom(3 * 256, 3 * 256 + 99), anEntry({ type: 'far' })));
  await hold(blocks, 'orders', cellsOf(idsFrom(16 * 256, 16 * 256 + 99), anEntry({ type: 'far' })));
  await hold(blocks, 'orders', cellsOf([4 * 256, 15 * 256 + 255], anEntry({ type: 'near' })));
  const statistics = await history.statistics('orders', 9);
  expect(statistics.guess({ previous: undefined, next: undefined })).toEqual({ type: 'near', confidence: 2 / 3 });
  expect(scans).toEqual(['orders 4–15']);
});

test('a stream is not read below its first block', async () => {
  const { history, scans } = aHistory();
  await history.statistics('orders', 1);
  expect(scans).toEqual(['orders 0–7']);
});

test('the gaps of four blocks share what is read for one minute', async () => {
  const { history, scans, clock } = aHistory();
  await Promise.all([8, 9, 10, 11].map((index) => history.statistics('orders', index)));
  clock.advance(minuteMs - 1);
  await history.statistics('orders', 8);
  expect(scans).toEqual(['orders 4–15']);
  clock.advance(1);
  await history.statistics('orders', 8);
  expect(scans).toEqual(['orders 4–15', 'orders 4–15']);
});

test('streams share nothing', async () => {
  const { history, scans } = aHistory();
  await history.statistics('orders', 0);
  await history.statistics('audit', 0);
  expect(scans).toEqual(['orders 0–7', 'audit 0–7']);
});

test('what could not be read is read again by the next gap', async () => {
  const { history, blocks } = aHistory();
  blocks.answers = false;
  await expect(history.statistics('orders', 0)).rejects.toThrow(RetryableError);
  blocks.answers = true;
  await expect(history.statistics('orders', 0)).resolves.toBeDefined();
});

test('of a stream with gaps everywhere, no more than sixteen parts are remembered', async () => {
  const { history, scans } = aHistory();
  for (let part = 0; part <= 16; part++) await history.statistics('orders', 4 * part);
  expect(scans).toHaveLength(17);
  await history.statistics('orders', 4 * 16);
  expect(scans).toHaveLength(17);
  await history.statistics('orders', 0);
  expect(scans).toHaveLength(18);
});
