import { FaultSchedule, type FaultScheduleOptions } from './fault-schedule.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import type { PortRequest } from '../../shared/embedded/intercept.ts';
import { makeRandom } from '../../shared/embedded/random.ts';
import type { TopicName } from '../../shared/topology.ts';
import { aMessage, minuteMs, noon } from '../support/builders.ts';

const reading: PortRequest = { port: 'blocks', method: 'read', args: [[]] };
const seeds = Array.from({ length: 300 }, (_, i) => i + 1);

function aSchedule(seed: number, options: Partial<FaultScheduleOptions> = {}) {
  const clock = new VirtualClock(noon);
  const random = makeRandom(seed);
  const base = { clock, random, windowMs: 25 * minuteMs, isBursting: false, focus: undefined };
  return { clock, schedule: new FaultSchedule({ ...base, ...options }) };
}

function publishing(sent: string, topic: TopicName): PortRequest {
  return { port: 'publisher', method: 'publish', args: [topic, aMessage('', { sent })] };
}

function isWrong({ fault, crash, backMs }: ReturnType<FaultSchedule['callOutcome']>): boolean {
  return fault !== 'none' || crash !== 'none' || backMs > 100;
}

/** Makes forty calls. An outage at one call is over before the next. @returns Whether each call went wrong. */
function callsUnder({ clock, schedule }: ReturnType<typeof aSchedule>): readonly boolean[] {
  return Array.from({ length: 40 }, () => {
    clock.advance(10_000);
    return isWrong(schedule.callOutcome(reading));
  });
}

test('no call and no delivery fails after the fault window and the outages', () => {
  for (const seed of seeds) {
    const { clock, schedule } = aSchedule(seed, { isBursting: true, focus: 'blocks.read' });
    clock.advance(36 * minuteMs);
    const outcome = schedule.callOutcome(reading);
    expect([isWrong(outcome), schedule.losesAck('track-validated-events')]).toEqual([false, false]);
    expect(schedule.deliveryDelays('validate-events')).toEqual([expect.any(Number)]);
  }
});

test('the first call of a method fails more often than later calls, so that rare methods meet faults too', () => {
  const outcomes = seeds.map((seed) => callsUnder(aSchedule(seed)));
  const failures = (nth: number): number => outcomes.filter((calls) => calls[nth]).length;
  expect(failures(0)).toBeGreaterThan(3 * failures(39));
});

test('the calls of the method in focus fail far more often than those of other methods', () => {
  const failures = (focus: FaultScheduleOptions['focus']): number =>
    seeds.filter((seed) => callsUnder(aSchedule(seed, { focus })).at(-1)).length;
  expect(failures('blocks.read')).toBeGreaterThan(2 * failures('blocks.write'));
});

test('a write of several blocks fails or crashes in the middle more often than in another way', () => {
  const write = (index: number) => ({ ref: { stream: 's', index } }) as never;
  const kinds = seeds.map((seed) => {
    const { schedule } = aSchedule(seed, { focus: 'blocks.write' });
    return schedule.callOutcome({ port: 'blocks', method: 'write', args: [[write(0), write(1)]] });
  });
  const count = (isSuch: (outcome: (typeof kinds)[number]) => boolean): number => kinds.filter(isSuch).length;
  expect(count(({ fault }) => fault === 'fails')).toBeGreaterThan(count(({ fault }) => fault === 'answer lost') * 3);
  expect(count(({ crash }) => crash === 'after')).toBeGreaterThan(20);
});

test('a held message cannot be published to its topic until its time, and other messages can', () => {
  const { clock, schedule } = aSchedule(1, { windowMs: 0 });
  schedule.hold({ n: 7, topic: 'cleaned-events', untilMs: noon + 60 * minuteMs });
  const faultOf = (sent: string, topic: TopicName): string => schedule.callOutcome(publishing(sent, topic)).fault;
  clock.advance(36 * minuteMs);
  expect([faultOf('7', 'cleaned-events'), faultOf('7', 'sweeps'), faultOf('8', 'cleaned-events')]).toEqual([
    'outage',
    'none',
    'none',
  ]);
  clock.advance(24 * minuteMs);
  expect(faultOf('7', 'cleaned-events')).toBe('none');
});
