import { aRevisedCell, cellsOf, dayMs, idsFrom, minuteMs, type Cells } from '../support/builders.ts';
import { Sweeping } from '../support/sweeping.ts';

const letter = 'sequences/orders/2025-02-09';

/** Ids that hold two events each. */
function revised(from: number, to: number): Cells {
  return Object.fromEntries(idsFrom(from, to).map((id) => [id, aRevisedCell()]));
}

function rootsOf({ publisher }: Sweeping): (string | undefined)[] {
  return publisher.on('dead-letter-queue').map(({ attributes }) => attributes['eventmend-root']);
}

describe('a stream in which several events hold each of some ids', () => {
  test('has one letter a day, as long as such events come', async () => {
    const sweeping = new Sweeping();
    await sweeping.hold({ ...cellsOf(idsFrom(1, 20)), ...revised(5, 9) });
    for (let ticks = 0; ticks < 5; ticks++) await sweeping.tickAfter(minuteMs);
    expect(rootsOf(sweeping)).toEqual([letter]);
    await sweeping.hold(revised(10, 12));
    for (let ticks = 0; ticks < 5; ticks++) await sweeping.tickAfter(minuteMs);
    expect(rootsOf(sweeping)).toEqual([letter]);
    await sweeping.tickAfter(dayMs);
    expect(rootsOf(sweeping)).toEqual([letter]);
    await sweeping.hold(revised(13, 15));
    await sweeping.tickAfter(minuteMs);
    expect(rootsOf(sweeping)).toEqual([letter, 'sequences/orders/2025-02-10']);
  });

  test('is told of also while it rests, since no new id comes', async () => {
    const sweeping = new Sweeping();
    await sweeping.hold(cellsOf(idsFrom(1, 20)));
    for (let ticks = 0; ticks < 5; ticks++) await sweeping.tickAfter(minuteMs);
    expect(rootsOf(sweeping)).toEqual([]);
    await sweeping.hold(revised(5, 9));
    await sweeping.tickAfter(minuteMs);
    expect(rootsOf(sweeping)).toEqual([letter]);
  });

  test('has the same letter again if it could not be recorded', async () => {
    const sweeping = new Sweeping();
    await sweeping.hold(revised(1, 9));
    sweeping.publisher.fails = () => true;
    await expect(sweeping.tickAfter(minuteMs)).rejects.toThrow();
    sweeping.publisher.fails = () => false;
    await sweeping.tickAfter(minuteMs);
    expect(new Set(rootsOf(sweeping))).toEqual(new Set([letter]));
  });

  test('has a letter also if the sequence that began again lost events, so that no three of its ids follow one another', async () => {
    const sweeping = new Sweeping();
    await sweeping.hold({ ...cellsOf(idsFrom(1, 7)), ...revised(1, 2), ...revised(5, 6) });
    for (let ticks = 0; ticks < 5; ticks++) await sweeping.tickAfter(minuteMs);
    expect(rootsOf(sweeping)).toEqual([letter]);
  });

  test('has no letter for a correction of single events', async () => {
    const sweeping = new Sweeping();
    await sweeping.hold({ ...cellsOf(idsFrom(1, 20)), ...revised(5, 6), ...revised(12, 12) });
    for (let ticks = 0; ticks < 5; ticks++) await sweeping.tickAfter(minuteMs);
    expect(rootsOf(sweeping)).toEqual([]);
  });
});
