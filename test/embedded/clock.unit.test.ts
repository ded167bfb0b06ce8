import fc from 'fast-check';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { noon } from '../support/builders.ts';

/** A clock, and what has run on it: a name and the time that the clock showed. */
function aClock() {
  const clock = new VirtualClock(noon);
  const ran: string[] = [];
  const schedule = (name: string, delayMs: number): (() => void) =>
    clock.schedule(delayMs, () => ran.push(`${name} ${clock.now() - noon}`));
  return { clock, ran, schedule };
}

test('the clock stands still by itself', () => {
  const { clock, ran, schedule } = aClock();
  schedule('a', 0);
  expect([clock.now(), ran]).toEqual([noon, []]);
});

test('timers that become due during an advance run at their own time, in order of time', () => {
  const { clock, ran, schedule } = aClock();
  schedule('c', 30);
  schedule('a', 10);
  schedule('d', 31);
  schedule('b', 20);
  clock.advance(30);
  expect(ran).toEqual(['a 10', 'b 20', 'c 30']);
  expect(clock.now()).toBe(noon + 30);
});

test('what is due at the same time runs in the order in which it was asked for', () => {
  const { clock, ran, schedule } = aClock();
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) schedule(name, 10);
  clock.advance(10);
  expect(ran).toEqual(['a 10', 'b 10', 'c 10', 'd 10', 'e 10', 'f 10', 'g 10', 'h 10']);
});

test('a cancelled timer does not run, and a second cancellation has no effect', () => {
  const { clock, ran, schedule } = aClock();
  const callOff = schedule('a', 10);
  const callOffLate = schedule('b', 10);
  callOff();
  clock.advance(10);
  callOffLate();
  expect(ran).toEqual(['b 10']);
});

test('a timer that is set by another timer counts from then, and runs in the same advance if it is due', () => {
  const { clock, ran, schedule } = aClock();
  clock.schedule(10, () => {
    schedule('at once', 0);
    schedule('later', 5);
    schedule('too late', 11);
  });
  clock.advance(20);
  expect(ran).toEqual(['at once 10', 'later 15']);
});

test('a negative delay counts as zero', () => {
  const { clock, ran, schedule } = aClock();
  schedule('a', 0);
  schedule('b', -5);
  clock.advance(0);
  expect(ran).toEqual(['a 0', 'b 0']);
});

test('the next timer alone runs where one step is taken, and the clock goes no farther', () => {
  const { clock, ran, schedule } = aClock();
  schedule('b', 20);
  schedule('a', 10);
  expect(clock.runNext()).toBe(true);
  expect([ran, clock.now()]).toEqual([['a 10'], noon + 10]);
  expect(clock.runNext(noon + 19)).toBe(false);
  expect(clock.now()).toBe(noon + 10);
  expect([clock.runNext(), clock.runNext()]).toEqual([true, false]);
  expect(clock.now()).toBe(noon + 20);
});

test('any timers, some called off, run as a sorted list of them would', () => {
  const timer = fc.record({ delayMs: fc.nat({ max: 30 }), isCalledOff: fc.boolean(), advanceMs: fc.nat({ max: 5 }) });
  fc.assert(
    fc.property(fc.array(timer, { maxLength: 60 }), (timers) => {
      const { clock, ran, schedule } = aClock();
      const expected: { name: string; atMs: number }[] = [];
      let passedMs = 0;
      timers.forEach(({ delayMs, isCalledOff, advanceMs }, i) => {
        const callOff = schedule(String(i), delayMs);
        if (isCalledOff) callOff();
        else expected.push({ name: String(i), atMs: passedMs + delayMs });
        clock.advance(advanceMs);
        passedMs += advanceMs;
      });
      clock.advance(30);
      // Sorting is stable: what is due at the same time stays in the order of asking.
      expected.sort((a, b) => a.atMs - b.atMs);
      expect(ran).toEqual(expected.map(({ name, atMs }) => `${name} ${atMs}`));
    }),
  );
});
