import { decide } from '../../../shared/tracking/rules.ts';
import { listFaults } from './list-faults.ts';
import { listPlanOf } from './list-plan.ts';
import { realSeams, runPlan } from './list-run.ts';

/* A few random plans. `npm run model` tries 1,500. */

const seeds = Array.from({ length: 12 }, (_, i) => i + 1);

test('comparisons with a list keep the laws, and reach what they are about', async () => {
  const met = new Set<string>();
  for (const seed of seeds) {
    const broken = await runPlan(listPlanOf(seed), {
      ...realSeams,
      decide: (cell, claim) => {
        const decision = decide(cell, claim);
        const { verdict } = decision;
        const source = claim.isRecovered ? 'recovered' : 'sent';
        met.add(`${source} ${claim.kind}: ${verdict.act === 'drop' ? verdict.why : verdict.act}`);
        return decision;
      },
    });
    expect([seed, ...broken]).toEqual([seed]);
  }
  expect([...met]).toEqual(
    expect.arrayContaining([
      'recovered event: publish',
      'recovered failure: dead-letter',
      'sent event: publish',
      'sent event: recovered-copy',
      'sent event: duplicate',
      'sent failure: dead-letter',
    ]),
  );
});

test.each(listFaults)('a comparison breaks a law if $fault', async ({ seams, law, seed }) => {
  expect([...(await runPlan(listPlanOf(seed), seams))]).toContain(law);
});
