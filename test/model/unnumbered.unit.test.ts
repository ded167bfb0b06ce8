import { applyClaims } from '../../shared/tracking/apply-claims.ts';
import type { ModelMessage, ModelScenario, Output } from './messages.ts';
import { aModelMessage, aScenario } from './scenarios.ts';
import { search, type Tracking } from './search.ts';

/*
 * Two different events of an unnumbered stream, A and B, have the same place by chance. Neither may notice the other.
 */

const eventOf = (n: number, key: 'A' | 'B', given: Partial<ModelMessage> = {}) =>
  aModelMessage(n, { key, hash: key, ...given });
const recovered = (n: number, key: 'A' | 'B') =>
  eventOf(n, key, { root: `recovered/${key}`, origin: 'recovered', isRecovered: true, hash: `${key} as listed` });

const failed = { kind: 'failure' } as const;
const invalid = { isValid: false };
const calm = { isUnnumbered: true, crashes: 1, giveUps: 0, replays: 0 } as const;

const scenarios: readonly ModelScenario[] = [
  aScenario('A arrives, and B is recovered', [eventOf(1, 'A'), recovered(2, 'B')], calm),
  aScenario('B is recovered, and arrives after A', [recovered(1, 'B'), eventOf(2, 'A'), eventOf(3, 'B')], calm),
  aScenario('A fails its payload, and B arrives', [eventOf(1, 'A', failed), eventOf(2, 'B')], { ...calm, replays: 1 }),
  aScenario('A is refused, and B and its copy arrive', [eventOf(1, 'A', invalid), eventOf(2, 'B'), eventOf(3, 'B')], {
    ...calm,
    answers: ['refused'],
  }),
];

function brokenForStrangers({ messages }: ModelScenario, outputs: readonly Output[]): string[] {
  const clean = outputs.filter((output) => output.on === 'clean');
  const letters = outputs.filter((output) => output.on === 'letters');
  const lost = messages.filter(
    ({ key }) => !clean.some((one) => one.key === key) && !letters.some(({ message }) => message.key === key),
  );
  const keys = [...new Set(clean.map(({ key }) => key))];
  const twice = keys.filter((key) => new Set(clean.flatMap((one) => (one.key === key ? [one.root] : []))).size > 1);
  return [
    ...lost.map(({ key }) => `${key} is lost`),
    ...twice.map((key) => `${key} is counted twice`),
    ...clean.filter(({ supersedes }) => supersedes).map(({ key }) => `${key} supersedes a stranger`),
    ...letters.filter(({ code }) => code === 'CONFLICT').map(({ message }) => `${message.key} is called a conflict`),
  ];
}

/** Faulty tracking: the rules see strangers, as if they were events of one id. */
const seesStrangers: Tracking = (block, claims) =>
  applyClaims(
    block,
    claims.map((claim) => ({ ...claim, place: undefined })),
  );

describe('two strangers with one place', () => {
  test.each(scenarios)('do not notice each other: $title', (scenario) => {
    expect(search(scenario, undefined, brokenForStrangers).violations).toEqual(new Map());
  });

  test('would be confused if the rules saw both', () => {
    const broken = scenarios.flatMap((scenario) => [
      ...search(scenario, seesStrangers, brokenForStrangers).violations.keys(),
    ]);
    expect(broken).toContain('B is called a conflict');
  });
});
