import { listPlanOf } from './list-plan.ts';
import { runPlan } from './list-run.ts';

test.each(Array.from({ length: 15 }, (_, i) => i * 100 + 1))(
  'comparisons with a list keep the laws: a hundred seeds from %d on',
  async (first) => {
    for (let seed = first; seed < first + 100; seed++)
      expect([seed, ...(await runPlan(listPlanOf(seed)))]).toEqual([seed]);
  },
  60_000,
);
