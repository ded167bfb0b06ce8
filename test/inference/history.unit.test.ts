import { RetryableError } from '../../shared/errors.ts';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import type { Range } from '../../shared/gaps/range.ts';
import { History } from '../../shared/inference/history.ts';
import type { Known } from '../../shared/inference/neighbours.ts';
import type { Block } from '../../shared/tracking/block.ts';
import { atOnce, cellsOf, hold, minuteMs, noon } from '../support/builders.ts';

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

/** The range of blocks around which a test asks for a window: one block. */
function around(index: number): Range {
  return { from: index, to: index };
}

test('what is learned is drawn from the sixty-four blocks of a gap and as many on either side', async () => {
  const { history, blocks, scans } = aHistory();
  await hold(blocks, 'orders', cellsOf([64 * 256 - 1, 64 * 256, 256 * 256 - 1, 256 * 256]));
  const window = await history.window('orders', around(130), []);
  expect([64 * 256 - 1, 64 * 256, 256 * 256 - 1, 256 * 256].map((id) => window.knows(id))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(scans).toEqual(['orders 64–255']);
});

test('a gap over several such windows has the neighbours of all of them', async () => {
  const { history, scans } = aHistory();
  await history.window('orders', { from: 127, to: 128 }, []);
  expect(scans).toEqual(['orders 0–255']);
});

test('a stream is not read below its first block', async () => {
  const { history, scans } = aHistory();
  await history.window('orders', around(1), []);
  expect(scans).toEqual(['orders 0–127']);
});

test('the gaps of sixty-four blocks share what is read for one minute', async () => {
  const { history, scans, clock } = aHistory();
  await Promise.all([64, 80, 100, 127].map((index) => history.window('orders', around(index), [])));
  clock.advance(minuteMs - 1);
  await history.window('orders', around(70), []);
  expect(scans).toEqual(['orders 0–191']);
  clock.advance(1);
  await history.window('orders', around(70), []);
  expect(scans).toEqual(['orders 0–191', 'orders 0–191']);
});

test('a window that lacks what has come near a gap since is read again', async () => {
  const { history, blocks, scans } = aHistory();
  await hold(blocks, 'orders', cellsOf([1, 2]));
  await history.window('orders', around(0), []);
  await hold(blocks, 'orders', cellsOf([4]));
  const near: Known = { eventId: 4, type: 'LeadCreated', instantMs: noon, entity: 0 };
  const window = await history.window('orders', around(0), [near]);
  expect(window.neighbours(window.below(3))).toMatchObject({ previous: { eventId: 2 }, next: { eventId: 4 } });
  await history.window('orders', around(0), [near]);
  expect(scans).toHaveLength(2);
});

test('streams do not share windows', async () => {
  const { history, scans } = aHistory();
  await history.window('orders', around(0), []);
  await history.window('audit', around(0), []);
  expect(scans).toEqual(['orders 0–127', 'audit 0–127']);
});

test('what could not be read is read again by the next gap', async () => {
  const { history, blocks } = aHistory();
  blocks.answers = false;
  await expect(history.window('orders', around(0), [])).rejects.toThrow(RetryableError);
  blocks.answers = true;
  await expect(history.window('orders', around(0), [])).resolves.toBeDefined();
});

test('of a stream with gaps everywhere, no more than sixteen windows are remembered', async () => {
  const { history, scans } = aHistory();
  for (let window = 0; window <= 16; window++) await history.window('orders', around(64 * window), []);
  expect(scans).toHaveLength(17);
  await history.window('orders', around(64 * 16), []);
  expect(scans).toHaveLength(17);
  await history.window('orders', around(0), []);
  expect(scans).toHaveLength(18);
});
