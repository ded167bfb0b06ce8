import { SteadyStream } from '../../functions/steady-stream.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { turn } from '../../shared/embedded/steps.ts';
import type { PulledMessage, PullListener } from '../../shared/pull-source.ts';

const message = {} as PulledMessage;
const second = 1_000;
const minute = 60 * second;

/** A stream over a source that a test controls. */
function aStream({ holdsMessage = (): Promise<boolean> => Promise.resolve(false) } = {}) {
  const clock = new VirtualClock(0);
  const listeners: PullListener[] = [];
  const errors: string[] = [];
  const seen = { closed: 0, came: 0, dead: 0, looks: 0 };
  const stream = new SteadyStream({
    name: 'validate-events',
    clock,
    log: { error: (text) => errors.push(text) },
    source: {
      open: (listener) => {
        listeners.push(listener);
        return {
          close: async () => {
            seen.closed++;
          },
        };
      },
      holdsMessage: () => {
        seen.looks++;
        return holdsMessage();
      },
    },
    onMessage: () => seen.came++,
    onDead: () => seen.dead++,
  });
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await turn();
  };
  const current = (): PullListener => listeners.at(-1)!;
  return { stream, listeners, errors, seen, pass, current };
}

describe('a steady stream', () => {
  it('hands on what comes', () => {
    const { stream, current, seen } = aStream();
    stream.open();
    current().onMessage(message);
    expect(seen.came).toBe(1);
  });

  it('is opened again when it ends, after a second, and after twice the time when it ends again', async () => {
    const { stream, current, listeners, errors, pass } = aStream();
    stream.open();
    current().onEnd(new Error('no such subscription'));
    await pass(second - 1);
    expect(listeners).toHaveLength(1);
    await pass(1);
    expect(listeners).toHaveLength(2);
    current().onEnd(new Error('no such subscription'));
    await pass(2 * second - 1);
    expect(listeners).toHaveLength(2);
    await pass(1);
    expect(listeners).toHaveLength(3);
    expect(errors).toEqual(['the stream of validate-events ended', 'the stream of validate-events ended']);
  });

  it('is dead when it ended ten times and brought nothing, which takes some five minutes', async () => {
    const { stream, current, seen, pass, listeners } = aStream();
    stream.open();
    let passedMs = 0;
    for (let i = 1; i < 10; i++) {
      current().onEnd(undefined);
      while (listeners.length === i) {
        await pass(second);
        passedMs += second;
      }
    }
    expect(seen.dead).toBe(0);
    current().onEnd(undefined);
    expect(seen.dead).toBe(1);
    expect(listeners).toHaveLength(10);
    expect(passedMs / minute).toBeCloseTo(4, 0);
  });

  it('counts its failures from the last message on', async () => {
    const { stream, current, seen, pass } = aStream();
    stream.open();
    for (let i = 0; i < 30; i++) {
      current().onMessage(message);
      current().onEnd(undefined);
      await pass(second);
    }
    expect(seen.dead).toBe(0);
  });

  it('is opened again when it brought nothing for five minutes though a message waits', async () => {
    const { stream, listeners, errors, seen, pass } = aStream({ holdsMessage: () => Promise.resolve(true) });
    stream.open();
    await pass(5 * minute - 1);
    expect(seen.looks).toBe(0);
    await pass(1);
    await pass(second);
    expect([listeners.length, seen.closed, errors]).toEqual([2, 1, ['the stream of validate-events is dead']]);
  });

  it('stays open when nothing waits', async () => {
    const { stream, listeners, seen, pass } = aStream();
    stream.open();
    for (let i = 0; i < 12; i++) await pass(5 * minute);
    expect([listeners.length, seen.looks, seen.closed]).toEqual([1, 12, 0]);
  });

  it('is not checked while messages come', async () => {
    const { stream, current, seen, pass } = aStream({ holdsMessage: () => Promise.resolve(true) });
    stream.open();
    for (let i = 0; i < 12; i++) {
      await pass(4 * minute);
      current().onMessage(message);
    }
    expect(seen.looks).toBe(0);
  });

  it('stays open when a message came while it was checked', async () => {
    const answers: ((holds: boolean) => void)[] = [];
    const holdsMessage = () =>
      new Promise<boolean>((resolve) => {
        answers.push(resolve);
      });
    const { stream, current, listeners, seen, pass } = aStream({ holdsMessage });
    stream.open();
    await pass(5 * minute);
    await pass(second);
    current().onMessage(message);
    answers[0]!(true);
    await turn();
    await pass(second);
    expect([listeners.length, seen.closed]).toEqual([1, 0]);
  });

  it('stays open when it cannot be checked, and is checked again', async () => {
    const { stream, listeners, errors, seen, pass } = aStream({ holdsMessage: () => Promise.reject(new Error('no')) });
    stream.open();
    await pass(5 * minute);
    await pass(5 * minute);
    expect([listeners.length, seen.looks]).toEqual([1, 2]);
    expect(new Set(errors)).toEqual(new Set(['the stream of validate-events could not be checked']));
  });

  it('is not opened again once it is closed', async () => {
    const { stream, current, listeners, seen, pass } = aStream({ holdsMessage: () => Promise.resolve(true) });
    stream.open();
    current().onEnd(undefined);
    await stream.close();
    await pass(10 * minute);
    expect([listeners.length, seen.looks]).toEqual([1, 0]);
  });
});
