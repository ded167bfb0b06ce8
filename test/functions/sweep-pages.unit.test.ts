import { cellsOf, idsFrom, minuteMs, noon } from '../support/builders.ts';
import { sweepingWithManyGaps, type Sweeping } from '../support/sweeping.ts';

/** Records the pages that sweeps read from now on. Each page is listed as the first ids of its gaps. */
function recordPages(sweeping: Sweeping): number[][] {
  const pages: number[][] = [];
  const { ledger } = sweeping;
  const read = ledger.unresolved.bind(ledger);
  ledger.unresolved = async (...query) => {
    const page = await read(...query);
    pages.push(page.gaps.map(({ value }) => value.from));
    return page;
  };
  return pages;
}

/** Makes a stream with gaps that were filed while no request could be published. */
async function sweepingWithOpenGaps(count: number): Promise<Sweeping> {
  const sweeping = await sweepingWithManyGaps(count);
  sweeping.publisher.fails = () => true;
  await expect(sweeping.tick()).rejects.toThrow('does not answer');
  sweeping.publisher.fails = () => false;
  return sweeping;
}

async function countByState(sweeping: Sweeping): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const row of await sweeping.rows()) {
    const state = row.split(' ')[1] ?? '';
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
}

function healthOf({ log }: Sweeping) {
  return log.health.get('orders');
}

describe('a stream with thousands of open gaps', () => {
  test('is swept in one tick, and no call reads or files more than one page of gaps', async () => {
    const sweeping = await sweepingWithManyGaps(2_500);
    const pages = recordPages(sweeping);
    const filed: number[] = [];
    const save = sweeping.ledger.saveProgress.bind(sweeping.ledger);
    sweeping.ledger.saveProgress = async (...args) => {
      filed.push(args[3]?.length ?? 0);
      return save(...args);
    };
    await sweeping.tick();
    expect(Math.max(...filed)).toBe(200);
    expect(pages).toEqual([]);
    sweeping.restart();
    await sweeping.tick();
    expect(pages.map((page) => page.length)).toEqual([...Array<number>(12).fill(200), 100]);
    expect(await countByState(sweeping)).toEqual({ requested: 2_500 });
    expect(new Set(sweeping.requests).size).toBe(2_500);
    expect(healthOf(sweeping)).toMatchObject({ unresolvedGaps: 2_500, watermark: 0, oldestGapSeconds: 0 });
  });

  test('has at most fifty publishes in flight', async () => {
    const sweeping = await sweepingWithManyGaps(500);
    let [underway, most] = [0, 0];
    const publish = sweeping.publisher.publish.bind(sweeping.publisher);
    sweeping.publisher.publish = async (topic, message) => {
      most = Math.max(most, ++underway);
      await publish(topic, message);
      underway--;
    };
    await sweeping.tick();
    expect(most).toBe(50);
  });

  test('has each page requested and recorded before the next page is read', async () => {
    const sweeping = await sweepingWithOpenGaps(450);
    const read = sweeping.ledger.unresolved.bind(sweeping.ledger);
    const requestedBefore: number[] = [];
    sweeping.ledger.unresolved = async (...query) => {
      requestedBefore.push((await countByState(sweeping)).requested ?? 0);
      return read(...query);
    };
    await sweeping.tick();
    expect(requestedBefore).toEqual([0, 200, 400]);
  });
});

describe('a page that fails', () => {
  test('keeps the gaps that were recorded, and does not stop the other pages', async () => {
    const sweeping = await sweepingWithManyGaps(700);
    sweeping.publisher.fails = (_topic, message) => Buffer.from(message.data).toString().includes('"from":401,');
    await expect(sweeping.tick()).rejects.toThrow('does not answer');
    const { requested = 0, open = 0 } = await countByState(sweeping);
    expect(requested + open).toBe(700);
    expect(requested).toBeGreaterThanOrEqual(500);
    expect(await sweeping.rows()).toEqual(expect.arrayContaining(['399–399 requested', '1399–1399 requested']));
    sweeping.publisher.fails = () => false;
    await sweeping.tick();
    expect(await countByState(sweeping)).toEqual({ requested: 700 });
  });

  test('holds the watermark below its lowest gap that could not be recorded', async () => {
    const sweeping = await sweepingWithManyGaps(700);
    await sweeping.tick();
    await sweeping.hold(cellsOf(idsFrom(0, 1_400)));
    const save = sweeping.ledger.save.bind(sweeping.ledger);
    sweeping.ledger.save = async (gap, version) => {
      if (gap.from === 401) throw new Error('the ledger does not answer');
      return save(gap, version);
    };
    await expect(sweeping.tick()).rejects.toThrow('the ledger does not answer');
    expect(await sweeping.progress()).toMatchObject({ watermark: 400, scanned: 1_400 });
  });

  test('to be read ends the tick, and the next tick continues at that page', async () => {
    const sweeping = await sweepingWithOpenGaps(700);
    const read = sweeping.ledger.unresolved.bind(sweeping.ledger);
    sweeping.ledger.unresolved = async (stream, limit, above) => {
      if (above !== undefined) throw new Error('the ledger does not answer');
      return read(stream, limit, above);
    };
    await expect(sweeping.tick()).rejects.toThrow('the ledger does not answer');
    expect(await countByState(sweeping)).toEqual({ requested: 200, open: 500 });
    expect(await sweeping.progress()).toMatchObject({ watermark: 0 });
    sweeping.ledger.unresolved = read;
    await sweeping.tick();
    expect(await countByState(sweeping)).toEqual({ requested: 700 });
  });
});

test('a filled gap that could not be recorded counts as unresolved, and the next tick records it', async () => {
  const sweeping = await sweepingWithManyGaps(3);
  await sweeping.tick();
  await sweeping.hold(cellsOf(idsFrom(0, 6)));
  const save = sweeping.ledger.save.bind(sweeping.ledger);
  sweeping.ledger.save = async () => false;
  await sweeping.tick();
  expect(await sweeping.progress()).toMatchObject({ watermark: 0, scanned: 6 });
  expect(healthOf(sweeping)).toMatchObject({ unresolvedGaps: 3, oldestGapSeconds: 0 });
  sweeping.ledger.save = save;
  await sweeping.tick();
  expect(await sweeping.rows()).toEqual(['1–1 filled', '3–3 filled', '5–5 filled']);
  expect(await sweeping.progress()).toMatchObject({ watermark: 6 });
});

test('a sweep that crashes between two pages has filed all gaps up to `scanned`, and the next one the rest', async () => {
  const sweeping = await sweepingWithManyGaps(300);
  const save = sweeping.ledger.saveProgress.bind(sweeping.ledger);
  sweeping.ledger.saveProgress = async (...args) => {
    const version = await save(...args);
    sweeping.ledger.saveProgress = () => Promise.reject(new Error('the instance is gone'));
    return version;
  };
  await expect(sweeping.tick()).rejects.toThrow('the instance is gone');
  expect(await sweeping.progress()).toMatchObject({ scanned: 399 });
  expect(await sweeping.rows()).toHaveLength(200);
  sweeping.ledger.saveProgress = save;
  await sweeping.tick();
  expect(await sweeping.rows()).toHaveLength(300);
  expect((await sweeping.ledger.find('orders', 1))?.value.foundAtMs).toBe(noon + minuteMs);
});
