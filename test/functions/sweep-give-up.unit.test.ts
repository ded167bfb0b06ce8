import {
  aFront,
  aGap,
  aProgress,
  cellsOf,
  dayMs,
  fileGaps,
  idsFrom,
  minuteMs,
  noon,
  textOf,
} from '../support/builders.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import { Sweeping, sweepingWithGaps } from '../support/sweeping.ts';

const doubt = { near: 0.2, far: 0.125, pairs: 16 };

/** Records why a gap cannot be inferred, as reconstruct does after another instance has asked it. */
async function fail(sweeping: Sweeping, from: number, why: string): Promise<void> {
  const { value, version } = (await sweeping.ledger.find('orders', from))!;
  await sweeping.ledger.save({ ...value, why }, version);
  sweeping.restart();
}

/** A stream with 3, 6 and 7 missing, whose gaps reconstruct could not infer. */
async function withFailedGaps(): Promise<Sweeping> {
  const sweeping = await sweepingWithGaps({ resendTimeoutMs: dayMs });
  await sweeping.tick();
  await fail(sweeping, 3, 'too-uncertain');
  await fail(sweeping, 6, 'type-not-inferable');
  return sweeping;
}

describe('what reconstruct could not infer', () => {
  test('is given up by the next sweep, with one letter for all', async () => {
    const sweeping = await withFailedGaps();
    await sweeping.tickAfter(minuteMs);
    expect(sweeping.letters).toEqual([
      'gap/orders/3: too uncertain to be inferred: 3; the catalog does not allow to infer its type: 6–7',
    ]);
    expect((await sweeping.ledger.find('orders', 6))?.value).toMatchObject({
      state: 'abandoned',
      missing: 2,
      why: 'type-not-inferable',
      letterFrom: 3,
      resolvedAtMs: noon + 2 * minuteMs,
    });
    expect(await sweeping.progress()).toMatchObject({ watermark: 9 });
  });

  test('is not given up before the letter is published, nor does the watermark pass it', async () => {
    const sweeping = await withFailedGaps();
    sweeping.publisher.fails = (topic) => topic === 'dead-letter-queue';
    await expect(sweeping.tickAfter(minuteMs)).rejects.toThrow('does not answer');
    expect(await sweeping.rows()).toEqual(['3–3 requested', '6–7 requested']);
    expect(await sweeping.progress()).toMatchObject({ watermark: 2 });
    sweeping.publisher.fails = () => false;
    await sweeping.tickAfter(10 * minuteMs);
    expect(await sweeping.rows()).toEqual(['3–3 abandoned', '6–7 abandoned']);
  });

  test('has a letter of the same name after a crash between the letter and the rows', async () => {
    const sweeping = await withFailedGaps();
    const save = sweeping.ledger.save.bind(sweeping.ledger);
    sweeping.ledger.save = () => Promise.reject(new Error('the instance is gone'));
    await expect(sweeping.tickAfter(minuteMs)).rejects.toThrow('the instance is gone');
    expect(await sweeping.rows()).toEqual(['3–3 requested', '6–7 requested']);
    sweeping.ledger.save = save;
    await sweeping.tickAfter(10 * minuteMs);
    expect(await sweeping.rows()).toEqual(['3–3 abandoned', '6–7 abandoned']);
    const [first, second] = sweeping.letters;
    expect(second).toBe(first);
  });

  test('is in a letter that is kept, if a crash lets only some of its rows be saved', async () => {
    const sweeping = await withFailedGaps();
    const save = sweeping.ledger.save.bind(sweeping.ledger);
    sweeping.ledger.save = (gap, ...rest) =>
      gap.from === 3 ? Promise.reject(new Error('the instance is gone')) : save(gap, ...rest);
    await expect(sweeping.tickAfter(minuteMs)).rejects.toThrow('the instance is gone');
    sweeping.ledger.save = save;
    await sweeping.tickAfter(10 * minuteMs);
    // The archive keeps the latest letter of each root.
    const kept = new Map(sweeping.letterRoots.map((root, i) => [root, sweeping.letters[i]]));
    expect([...kept.values()].join()).toContain('too uncertain to be inferred: 3');
    expect([...kept.values()].join()).toContain('the catalog does not allow to infer its type: 6–7');
  });

  test('has the same name however often its tick comes', async () => {
    const sweeping = await withFailedGaps();
    const root = `gap/orders/3/${String((await sweeping.ledger.find('orders', 3))?.value.foundAtMs)}`;
    await sweeping.tickAfter(minuteMs);
    await sweeping.tick();
    expect(sweeping.letterRoots).toEqual([root]);
    expect((await sweeping.ledger.find('orders', 6))?.value).toMatchObject({
      letterFrom: 3,
      letterFoundAtMs: noon + minuteMs,
    });
  });

  test('is not given up if its events come before', async () => {
    const sweeping = await withFailedGaps();
    await sweeping.hold(cellsOf([3, 6, 7]));
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.rows()).toEqual(['3–3 filled', '6–7 filled']);
    expect(sweeping.letters).toEqual([]);
  });

  test('keeps its row as another instance has written it meanwhile, and is given up by the next sweep', async () => {
    const sweeping = await withFailedGaps();
    const publish = sweeping.publisher.publish.bind(sweeping.publisher);
    sweeping.publisher.publish = async (...letter) => {
      sweeping.publisher.publish = publish;
      await fail(sweeping, 6, 'too-uncertain');
      await publish(...letter);
    };
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.rows()).toEqual(['3–3 abandoned', '6–7 requested']);
    await sweeping.tickAfter(10 * minuteMs);
    expect(await sweeping.rows()).toEqual(['3–3 abandoned', '6–7 abandoned']);
  });
});

describe('a second letter', () => {
  async function afterFirstLetter(): Promise<Sweeping> {
    const sweeping = await sweepingWithGaps({ resendTimeoutMs: dayMs });
    await sweeping.tick();
    await fail(sweeping, 3, 'too-uncertain');
    await sweeping.tickAfter(minuteMs);
    await fail(sweeping, 6, 'too-uncertain');
    return sweeping;
  }

  test('comes ten minutes after the first at the earliest; until then the gap is unresolved, and holds the watermark', async () => {
    const sweeping = await afterFirstLetter();
    for (let minute = 1; minute < 10; minute++) await sweeping.tickAfter(minuteMs);
    expect(sweeping.letters).toHaveLength(1);
    expect(await sweeping.rows()).toEqual(['3–3 abandoned', '6–7 requested']);
    expect(await sweeping.progress()).toMatchObject({ watermark: 5 });
    expect(sweeping.log.health.get('orders')).toMatchObject({ unresolvedGaps: 1 });
    await sweeping.tickAfter(minuteMs);
    expect(sweeping.letters).toEqual([
      'gap/orders/3: too uncertain to be inferred: 3',
      'gap/orders/6: too uncertain to be inferred: 6–7',
    ]);
    expect(await sweeping.progress()).toMatchObject({ watermark: 9 });
  });

  test('comes after the deadline, by which answers are counted, so answers that come in between are late', async () => {
    const sweeping = await sweepingWithGaps({ resendTimeoutMs: 2 * minuteMs });
    await sweeping.tick();
    await fail(sweeping, 3, 'too-uncertain');
    await sweeping.tickAfter(minuteMs);
    await fail(sweeping, 6, 'too-uncertain');
    await sweeping.tickAfter(minuteMs);
    const rowAt = async (from: number) => (await sweeping.ledger.find('orders', from))?.value;
    expect(await rowAt(6)).toMatchObject({ state: 'requested', inTimeOriginals: 0 });
    await sweeping.hold(cellsOf([6]));
    for (let minute = 0; minute < 9; minute++) await sweeping.tickAfter(minuteMs);
    expect(await rowAt(6)).toMatchObject({ state: 'abandoned', missing: 1, lateOriginals: 1, lateVoids: 0 });
  });

  test('is sent by no other instance earlier', async () => {
    const sweeping = await afterFirstLetter();
    await sweeping.tickAfter(minuteMs, sweeping.anotherInstance());
    expect(sweeping.letters).toHaveLength(1);
  });
});

describe('doubtful gaps', () => {
  /** A stream whose ids grow by two. */
  async function withEvenIds(): Promise<Sweeping> {
    const sweeping = new Sweeping({ doubt, resendTimeoutMs: minuteMs });
    await sweeping.hold(cellsOf(idsFrom(1, 50).map((i) => 2 * i)));
    for (let minute = 0; minute < 2; minute++) await sweeping.tickAfter(minuteMs);
    return sweeping;
  }

  async function goOn(sweeping: Sweeping, from: number, minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute++) {
      await sweeping.hold(
        cellsOf([from + 20 * minute, from + 20 * minute + 2].flatMap((id) => idsFrom(0, 4).map((i) => id + 4 * i))),
      );
      await sweeping.tickAfter(minuteMs);
    }
  }

  test('share a row and a request, are never inferred, and have a letter that says what they look like', async () => {
    const sweeping = await withEvenIds();
    expect(await sweeping.rows()).toEqual(['3–99 requested']);
    for (let minute = 0; minute < 3; minute++) await sweeping.tickAfter(minuteMs);
    expect(await sweeping.rows()).toEqual(['3–99 abandoned']);
    expect(sweeping.requests).toEqual(['resend 3–99']);
    expect(sweeping.letters).toEqual([expect.stringMatching(/^gap\/orders\/3: .*do ids grow by 2\?: 3, 5, 7/)]);
    expect((await sweeping.ledger.find('orders', 3))?.value).toMatchObject({ missing: 49, letterFrom: 3 });
  });

  async function untoldRows(sweeping: Sweeping): Promise<readonly Gap[]> {
    return (await sweeping.ledger.untold('orders', 500)).gaps.map(({ value }) => value);
  }

  test('are told once a day; in between they are given up, and the next letter lists every one of them', async () => {
    const sweeping = await withEvenIds();
    await goOn(sweeping, 102, 60);
    expect(sweeping.letters).toHaveLength(1);
    const silent = await untoldRows(sweeping);
    expect(silent.length).toBeGreaterThan(10);
    expect(sweeping.requests.filter((request) => request.startsWith('infer'))).toEqual([]);
    sweeping.clock.advance(dayMs);
    await goOn(sweeping, 102 + 20 * 60, 5);
    expect(sweeping.letters).toHaveLength(2);
    const [, second] = sweeping.publisher.on('dead-letter-queue').map(textOf);
    const { gaps, more } = JSON.parse(second!) as { gaps: (Gap & { rows: number })[]; more: number };
    for (const { from, to } of silent) expect(gaps.some((gap) => gap.from <= from && to <= gap.to)).toBe(true);
    expect(more).toBe(0);
    expect(gaps.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThanOrEqual(silent.length);
    const [naming] = silent;
    expect((await sweeping.ledger.find('orders', silent.at(-1)!.from))?.value).toMatchObject({
      letterFrom: naming!.from,
      letterFoundAtMs: naming!.foundAtMs,
    });
    const later = (await untoldRows(sweeping)).map(({ from }) => from);
    expect(later.filter((from) => from <= silent.at(-1)!.from)).toEqual([]);
  });

  test('that were given up without a letter are told a day later, although the stream is silent', async () => {
    const sweeping = await withEvenIds();
    await goOn(sweeping, 102, 20);
    for (let minute = 0; minute < 10; minute++) await sweeping.tickAfter(minuteMs);
    expect((await sweeping.stored()).hasUntold).toBe(true);
    await sweeping.tickAfter(dayMs);
    expect(sweeping.letters).toHaveLength(2);
    expect(await untoldRows(sweeping)).toEqual([]);
    expect((await sweeping.stored()).hasUntold).toBeUndefined();
    await sweeping.tickAfter(dayMs);
    expect(sweeping.letters).toHaveLength(2);
  });

  test('whose events all come late are not told', async () => {
    const sweeping = await withEvenIds();
    await goOn(sweeping, 102, 20);
    for (let minute = 0; minute < 10; minute++) await sweeping.tickAfter(minuteMs);
    const silent = await untoldRows(sweeping);
    await sweeping.hold(cellsOf(idsFrom(1, 600)));
    for (const block of [0, 1, 2]) await sweeping.tick({ stream: 'orders', block: String(block) });
    await sweeping.tickAfter(dayMs);
    expect(silent.length).toBeGreaterThan(5);
    expect(sweeping.letters).toHaveLength(1);
    expect((await sweeping.stored()).hasUntold).toBeUndefined();
  });

  test('of which more wait than a letter has time for are told by the next letters, none left out', async () => {
    const sweeping = new Sweeping({ doubt });
    const far = idsFrom(1, 800).map((i) =>
      aGap({
        from: 10_000 * i,
        to: 10_000 * i,
        state: 'abandoned',
        why: 'the numbers around have holes',
        isUntold: true,
      }),
    );
    await fileGaps(sweeping.ledger, far);
    const before = (await sweeping.ledger.progress('orders'))!;
    await sweeping.ledger.saveProgress('orders', { ...before.value, hasUntold: true }, before.version);
    for (let letter = 0; letter < 3; letter++) await sweeping.tickAfter(10 * minuteMs);
    const listed = sweeping.publisher
      .on('dead-letter-queue')
      .map((letter) => (JSON.parse(textOf(letter)) as { gaps: Gap[] }).gaps.map(({ from }) => from));
    expect(listed.map(({ length }) => length)).toEqual([500, 300]);
    expect(listed.flat()).toEqual(far.map(({ from }) => from));
  });

  test('do not keep a letter about other gaps from being sent', async () => {
    const sweeping = await withEvenIds();
    for (let minute = 0; minute < 3; minute++) await sweeping.tickAfter(minuteMs);
    await fileGaps(sweeping.ledger, [aGap({ from: 4_000, to: 4_000, why: 'too-uncertain' })]);
    await sweeping.tickAfter(10 * minuteMs, sweeping.anotherInstance());
    expect(sweeping.letters[1]).toBe('gap/orders/4000: too uncertain to be inferred: 4000');
  });

  test('that have a burst of real losses are recovered when the producer sends them again', async () => {
    const sweeping = await withEvenIds();
    await sweeping.hold(cellsOf(idsFrom(1, 99)));
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.rows()).toEqual(['3–99 filled']);
    expect(sweeping.letters).toEqual([]);
  });
});

test('a gap of which too little is known around is asked for and told, not inferred', async () => {
  const sweeping = await sweepingWithGaps({ doubt });
  await sweeping.tick();
  await sweeping.tickAfter(5 * minuteMs);
  expect(sweeping.requests).toEqual(['resend 3–3', 'resend 6–7']);
  expect(sweeping.letters).toEqual([
    'gap/orders/3: too few events are known around the gap to infer what is missing: 3, 6–7',
  ]);
});

test('five thousand gaps are given up with one letter, which lists the first thousand', async () => {
  const sweeping = new Sweeping();
  const last = 10_000;
  await sweeping.ledger.saveProgress('orders', aProgress({ pieces: aFront({ first: 0, last }) }), undefined);
  const gaps = idsFrom(0, last / 2 - 1).map((i): Gap => aGap({ from: 2 * i + 1, to: 2 * i + 1, why: 'too-uncertain' }));
  const before = await sweeping.ledger.progress('orders');
  await sweeping.ledger.saveProgress('orders', before!.value, before!.version, gaps);
  await sweeping.hold(cellsOf(idsFrom(0, last / 2).map((i) => 2 * i)));
  await sweeping.tickAfter(minuteMs);
  const letters = sweeping.publisher.on('dead-letter-queue');
  expect(letters).toHaveLength(1);
  expect(JSON.parse(textOf(letters[0]!))).toMatchObject({ from: 1, to: 9_999, more: 4_000 });
  expect(await sweeping.ledger.countUnresolved('orders')).toBe(0);
});

describe('very many gaps that wait to be given up', () => {
  const last = 2_000;

  /** A stream that lacks every second id, and whose gaps may not be inferred. */
  async function withWaitingGaps(): Promise<Sweeping> {
    const sweeping = new Sweeping({ resendTimeoutMs: minuteMs, doubt: { near: 1, far: 1, pairs: 10_000 } });
    await sweeping.hold(cellsOf(idsFrom(0, last / 2).map((i) => 2 * i)));
    for (let minute = 0; minute < 2; minute++) await sweeping.tickAfter(minuteMs);
    return sweeping;
  }

  test('do not hold up a sweep whose time is over: those that are left have a later letter', async () => {
    const sweeping = await withWaitingGaps();
    const save = sweeping.ledger.save.bind(sweeping.ledger);
    sweeping.ledger.save = (...row) => {
      sweeping.clock.advance(200);
      return save(...row);
    };
    await sweeping.tickAfter(minuteMs);
    const left = await sweeping.ledger.countUnresolved('orders');
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(last / 2);
    // The sweep has 45 s, and 15 s more to give up gaps. It ends with the two pieces of 50 rows at hand.
    expect(sweeping.clock.now() - noon).toBeLessThanOrEqual(3 * minuteMs + 60_000 + 101 * 200);
    sweeping.ledger.save = save;
    for (let letter = 0; letter < 2; letter++) await sweeping.tickAfter(10 * minuteMs);
    expect(await sweeping.ledger.countUnresolved('orders')).toBe(0);
    const { gaps } = await sweeping.ledger.list('orders', last);
    const roots = new Set(sweeping.letterRoots);
    expect(roots.size).toBe(2);
    for (const { letterFrom, letterFoundAtMs } of gaps)
      expect(roots).toContain(`gap/orders/${letterFrom}/${letterFoundAtMs}`);
  });

  test('are judged once while their letter waits: the next ticks read no events around them', async () => {
    const sweeping = await withWaitingGaps();
    await sweeping.tickAfter(minuteMs);
    await sweeping.hold(cellsOf(idsFrom(last / 2 + 1, last).map((i) => 2 * i)));
    for (let minute = 0; minute < 3; minute++) await sweeping.tickAfter(minuteMs);
    expect(await sweeping.ledger.countUnresolved('orders')).toBeGreaterThan(900);
    const scans: string[] = [];
    const scan = sweeping.blocks.scan.bind(sweeping.blocks);
    sweeping.blocks.scan = (stream, from, to) => {
      scans.push(`${from}–${to}`);
      return scan(stream, from, to);
    };
    for (let minute = 0; minute < 2; minute++) await sweeping.tickAfter(minuteMs);
    expect(scans).toEqual([]);
    for (let minute = 0; minute < 4; minute++) {
      // Another instance has written the progress, so all rows are read again.
      const { value, version } = (await sweeping.ledger.progress('orders'))!;
      await sweeping.ledger.saveProgress('orders', value, version);
      await sweeping.tickAfter(minuteMs);
    }
    expect(sweeping.letters).toHaveLength(1);
    expect(new Set(scans)).toEqual(new Set(scans.slice(0, scans.length / 4)));
    expect(scans).toHaveLength(20);
  });
});
