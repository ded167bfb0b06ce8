import type { Range } from '../../../shared/gaps/range.ts';
import { naiveStep } from './naive-fronts.ts';
import type { Observations } from './observations.ts';

/** The ids that a stream expects: all, or those at the step of most of its events. */
export interface ExpectedIds {
  has(id: number): boolean;
  within(range: Range): readonly number[];
}

export function expectedIdsOf(observations: Observations, stream: string): ExpectedIds {
  const step = naiveStep(observations.settings(stream));
  const times = new Map<number, number>();
  for (const { what } of observations.sent.filter((sent) => sent.stream === stream))
    if (what.kind === 'event') times.set(what.id % step, (times.get(what.id % step) ?? 0) + 1);
  const [phase = 0] = [...times].sort((a, b) => b[1] - a[1])[0] ?? [];
  const has = (id: number): boolean => id % step === phase;
  return {
    has,
    within: ({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i).filter(has),
  };
}
