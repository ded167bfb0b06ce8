import { VirtualClock } from '../shared/embedded/clock.ts';
import { turn } from '../shared/embedded/steps.ts';
import { Turns, type Piecewise } from '../shared/turns.ts';

/** A computation whose pieces take so many milliseconds each. It notes when each piece begins. */
function* computation(
  clock: VirtualClock,
  pieces: readonly number[],
  noted: string[],
  name: string,
): Piecewise<string> {
  for (const ms of pieces) {
    noted.push(`${name} ${clock.now()}`);
    clock.advance(ms);
    yield;
  }
  return name;
}

function* failing(): Piecewise<never> {
  yield;
  throw new Error('cannot be computed');
}

describe('long computations', () => {
  it('give other work a turn after 20 ms at the latest, and one piece', async () => {
    const clock = new VirtualClock(0);
    const noted: string[] = [];
    const result = new Turns(clock).run(computation(clock, [5, 5, 5, 5, 5, 30, 1], noted, 'a'));
    await turn();
    expect(noted).toEqual(['a 0', 'a 5', 'a 10', 'a 15']);
    clock.runNext();
    await turn();
    expect(noted.slice(4)).toEqual(['a 20', 'a 25']);
    clock.runNext();
    expect(await result).toBe('a');
    expect(noted.slice(6)).toEqual(['a 55']);
  });

  it('run one after another, also after one that failed', async () => {
    const clock = new VirtualClock(0);
    const noted: string[] = [];
    const turns = new Turns(clock);
    const results = [
      turns.run(computation(clock, [1, 1], noted, 'a')),
      turns.run(failing()),
      turns.run(computation(clock, [1], noted, 'b')),
    ];
    expect(await Promise.allSettled(results)).toMatchObject([
      { value: 'a' },
      { reason: new Error('cannot be computed') },
      { value: 'b' },
    ]);
    expect(noted).toEqual(['a 0', 'a 1', 'b 2']);
  });
});
