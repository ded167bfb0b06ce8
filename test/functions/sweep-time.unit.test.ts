import { aFront, aGap, aProgress, cellsOf, dayMs, fileGaps, idsFrom, minuteMs, noon } from '../support/builders.ts';
import { firstId } from '../../shared/tracking/block.ts';
import { Sweeping, sweepingWithManyGaps } from '../support/sweeping.ts';

/** How many ids lie between the first ids of two gaps, and how long a gap is. */
const [apart, length] = [1_024, 13];
const firstIdOf = (gap: number): number => apart * gap + 250;
const lastIdOf = (gap: number): number => firstIdOf(gap) + length - 1;
const idsOf = (gap: number): readonly number[] => idsFrom(firstIdOf(gap), lastIdOf(gap));

/** A stream with gaps that each lie across two blocks, so that each needs a scan of its own, and the gaps whose turn comes. */
class SlowSweeping extends Sweeping {
  /** The gaps that are scanned, by their number from the lowest. */
  scanned: number[] = [];

  static async withGaps(count: number, scanMs: number): Promise<SlowSweeping> {
    const sweeping = new SlowSweeping({ resendTimeoutMs: dayMs });
    const top = apart * count;
    await sweeping.ledger.saveProgress('orders', aProgress({ pieces: aFront({ first: 0, last: top }) }), undefined);
    await fileGaps(
      sweeping.ledger,
      idsFrom(0, count - 1).map((gap) => aGap({ from: firstIdOf(gap), to: lastIdOf(gap), foundAtMs: noon })),
    );
    await sweeping.hold(cellsOf([top]));
    const scan = sweeping.blocks.scan.bind(sweeping.blocks);
    sweeping.blocks.scan = async function* (stream, from, to) {
      sweeping.scanned.push(from / 4);
      sweeping.clock.advance(scanMs);
      yield* scan(stream, from, to);
    };
    return sweeping;
  }

  /** The gaps whose turn comes in a tick, as ranges of their numbers, and how long the tick takes. */
  async turnsOfTick(handler = this.anotherInstance()): Promise<{ turns: string; seconds: number }> {
    const beganAtMs = this.clock.now();
    this.scanned = [];
    await this.tick({ stream: 'orders' }, handler);
    const turns: [number, number][] = [];
    for (const gap of this.scanned) {
      const last = turns.at(-1);
      if (last?.[1] === gap - 1) last[1] = gap;
      else turns.push([gap, gap]);
    }
    const spelt = turns.map(([from, to]) => `${from}–${to}`).join(', ');
    return { turns: spelt, seconds: (this.clock.now() - beganAtMs) / 1_000 };
  }

  get watermark(): number | undefined {
    return this.log.health.get('orders')?.watermark;
  }
}

describe('a tick whose time runs out', () => {
  test('ends within a page, and every gap gets its turn in the ticks after it', async () => {
    const sweeping = await SlowSweeping.withGaps(100, 1_000);
    const first = await sweeping.turnsOfTick();
    expect(first).toEqual({ turns: '0–44', seconds: 45 });
    expect(sweeping.log.health.get('orders')).toMatchObject({ unresolvedGaps: 100, watermark: 249 });
    // The lowest gaps are read by each tick, in half of its time; the others take turns.
    expect(await sweeping.turnsOfTick()).toEqual({ turns: '0–22, 45–66', seconds: 45 });
    expect(await sweeping.turnsOfTick()).toEqual({ turns: '0–22, 67–88', seconds: 45 });
    expect(await sweeping.turnsOfTick()).toEqual({ turns: '0–22, 89–99', seconds: 34 });
    expect(new Set(sweeping.requests).size).toBe(100);
    expect(sweeping.watermark).toBe(249);
    expect(await sweeping.turnsOfTick()).toEqual({ turns: '0–44', seconds: 45 });
  });

  test('takes one gap at the lowest and one where it goes on, however slow its reads are', async () => {
    const sweeping = await SlowSweeping.withGaps(5, minuteMs);
    const turns: string[] = [];
    for (let tick = 0; tick < 5; tick++) turns.push((await sweeping.turnsOfTick()).turns);
    expect(turns).toEqual(['0–0', '0–1', '0–0, 2–2', '0–0, 3–3', '0–0, 4–4']);
  });

  test('moves no more gaps on than fifty once sending takes the time', async () => {
    const sweeping = await SlowSweeping.withGaps(150, 0);
    const publish = sweeping.publisher.publish.bind(sweeping.publisher);
    sweeping.publisher.publish = async (topic, message) => {
      sweeping.clock.advance(1_000);
      await publish(topic, message);
    };
    await sweeping.turnsOfTick();
    expect(sweeping.requests).toHaveLength(50);
    await sweeping.turnsOfTick();
    await sweeping.turnsOfTick();
    expect(new Set(sweeping.requests).size).toBe(150);
  });

  test('ends thirty seconds before the deadline of its delivery', async () => {
    const sweeping = await SlowSweeping.withGaps(100, 1_000);
    sweeping.deadlineMs = sweeping.clock.now() + 50_000;
    expect(await sweeping.turnsOfTick()).toEqual({ turns: '0–19', seconds: 20 });
  });

  test('knows for how long the oldest gap is missing', async () => {
    const sweeping = await SlowSweeping.withGaps(100, 1_000);
    await sweeping.turnsOfTick();
    sweeping.clock.advance(75_000);
    await sweeping.turnsOfTick();
    expect(sweeping.log.health.get('orders')).toMatchObject({ unresolvedGaps: 100, oldestGapSeconds: 120 });
  });

  test('lifts the watermark no further than it has read', async () => {
    const sweeping = await SlowSweeping.withGaps(100, 1_000);
    await sweeping.turnsOfTick();
    await sweeping.hold(cellsOf(idsFrom(0, 59).flatMap(idsOf)));
    const watermarks: (number | undefined)[] = [];
    for (let tick = 0; tick < 4; tick++) {
      await sweeping.turnsOfTick();
      watermarks.push(sweeping.watermark);
    }
    // A tick reads the lowest gaps for half of its time. Then it jumps to where the one before ended.
    expect(watermarks).toEqual([lastIdOf(21), lastIdOf(43), firstIdOf(60) - 1, firstIdOf(60) - 1]);
  });

  test('does not lift the watermark over gaps between the lowest and where it goes on', async () => {
    const sweeping = await SlowSweeping.withGaps(100, 1_000);
    await sweeping.turnsOfTick();
    await sweeping.hold(cellsOf(idsFrom(0, 30).flatMap(idsOf)));
    expect((await sweeping.turnsOfTick()).turns).toBe('0–22, 45–66');
    expect(sweeping.watermark).toBe(lastIdOf(21));
    expect((await sweeping.turnsOfTick()).turns).toBe('22–44, 67–88');
    expect(sweeping.watermark).toBe(firstIdOf(31) - 1);
  });

  test('files what it found in a backlog whose blocks are slow to read, and scans on the next time', async () => {
    const sweeping = new Sweeping();
    // They were written so long ago that the ticks do not read them before they look for holes.
    await sweeping.hold(cellsOf([1, 2, ...idsFrom(300, 20_000)]), noon - 10 * minuteMs);
    await sweeping.tick();
    sweeping.clock.advance(5 * minuteMs);
    sweeping.slowDown(1_000);
    const scanned: (number | undefined)[] = [];
    for (let tick = 0; tick < 4; tick++) {
      await sweeping.tick();
      scanned.push((await sweeping.progress()).scanned);
    }
    // 23 blocks take longer than half of 45 seconds.
    expect(scanned).toEqual([23 * 256 - 1, 46 * 256 - 1, 69 * 256 - 1, 20_000]);
    expect(await sweeping.rows()).toEqual(['3–299 requested']);
  });

  test('has time left for the gaps that are known while a backlog is scanned, and scans on the next time', async () => {
    const sweeping = await sweepingWithManyGaps(300);
    await sweeping.tick();
    sweeping.clock.advance(4 * minuteMs);
    await sweeping.hold(cellsOf(idsFrom(0, 2_000).map((i) => 601 + 2 * i)));
    await sweeping.tick();
    sweeping.clock.advance(minuteMs);
    const save = sweeping.ledger.saveProgress.bind(sweeping.ledger);
    sweeping.ledger.saveProgress = async (...args) => {
      sweeping.clock.advance(args[3]?.length ? 3_000 : 0);
      return save(...args);
    };
    await sweeping.tick();
    // Ten writes of 200 gaps take longer than half of 45 seconds.
    expect((await sweeping.progress()).scanned).toBe(4_600);
    expect(sweeping.requests).toContain('infer 599–599');
  });

  test('reads on at the block at which it ended, if very many blocks were written', async () => {
    const sweeping = new Sweeping();
    await sweeping.hold(cellsOf(idsFrom(1, 256)));
    await sweeping.tick();
    for (let minute = 1; minute <= 10; minute++) {
      sweeping.clock.advance(minuteMs);
      await sweeping.hold(cellsOf(idsFrom(2_560 * minute, 2_560 * minute + 2_559)));
    }
    const lasts = await lastsOfSlowTicks(sweeping, 5);
    // 22 blocks take half of 45 seconds. Blocks of the last minutes are read again because of the slack.
    expect(lasts).toEqual([30 * 256 - 1, 52 * 256 - 1, 74 * 256 - 1, 28_159, 28_159]);
  });

  test('reads a minute in several sweeps, if more blocks were written in it than one can read', async () => {
    const sweeping = new Sweeping({ maxGap: 100 });
    await sweeping.hold(cellsOf([1, 2]));
    await sweeping.tick();
    sweeping.clock.advance(minuteMs);
    // Each block has a front of its own, which is found only if the block is read.
    const firsts = idsFrom(1, 60).map(firstId);
    await sweeping.hold(cellsOf(firsts.flatMap((id) => [id, id + 1])));
    sweeping.clock.advance(5 * minuteMs);
    const lasts = await lastsOfSlowTicks(sweeping, 4);
    expect(lasts).toEqual([21, 43, 60, 60].map((index) => firstId(index) + 1));
    const { pieces, readUpTo } = await sweeping.stored();
    expect(pieces.map(({ from }) => from)).toEqual([1, ...firsts]);
    expect(readUpTo).toBeUndefined();
  });

  /** Ticks while each block of the query for new blocks takes a second. Returns the last covered id after each tick. */
  async function lastsOfSlowTicks(sweeping: Sweeping, ticks: number): Promise<readonly (number | undefined)[]> {
    const written = sweeping.blocks.writtenSince.bind(sweeping.blocks);
    sweeping.blocks.writtenSince = async function* (...query) {
      for await (const block of written(...query)) {
        sweeping.clock.advance(1_000);
        yield block;
      }
    };
    const lasts: (number | undefined)[] = [];
    for (let tick = 0; tick < ticks; tick++) {
      await sweeping.tick();
      lasts.push((await sweeping.stored()).pieces.at(-1)?.to);
    }
    return lasts;
  }
});
