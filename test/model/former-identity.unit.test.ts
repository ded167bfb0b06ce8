import { decide } from '../../shared/tracking/rules.ts';
import type { ModelMessage, Output, ModelScenario } from './messages.ts';
import { aModelMessage, aScenario } from './scenarios.ts';
import { search, type Tracking } from './search.ts';

/*
 * While the rules of identity change, every message carries two identities. `old`: it was read when the old rules held.
 * `now`: it was read after the change. Messages that carry one identity only must be gone before the change.
 */

const formerIdentity = { key: 'former', hash: 'former' };
const presentIdentity = { key: 'present', hash: 'present' };
/** The content is read otherwise, and the key is not. */
const otherContent = { key: 'former', hash: 'present' };

const old = (n: number, given: Partial<ModelMessage> = {}) =>
  aModelMessage(n, { ...formerIdentity, formerly: presentIdentity, ...given });
const now = (n: number, given: Partial<ModelMessage> = {}) =>
  aModelMessage(n, { ...presentIdentity, formerly: formerIdentity, ...given });

const invalid = { isValid: false };
const again = { root: 'events/1', name: 'm1b' };
const calm = { crashes: 1, giveUps: 0, replays: 0 };

const changes: readonly ModelScenario[] = [
  aScenario('a copy after the change', [old(1), now(2)], calm),
  aScenario('the same message, read again after the change', [old(1), now(1, again)], calm),
  aScenario('the same message, read again after the change, and a copy', [old(1), now(1, again), now(3)], calm),
  aScenario(
    'an event that must be checked, read again after the change, and a copy',
    [old(1, invalid), now(1, { ...again, ...invalid }), now(3)],
    { ...calm, crashes: 0 },
  ),
  aScenario('a copy that an old instance reads after the change', [now(1), old(2)], calm),
  aScenario(
    'a copy whose content alone is read otherwise',
    [old(1, { formerly: otherContent }), now(2, otherContent)],
    calm,
  ),
  aScenario('a failure before the change, and the event after it', [old(1, { kind: 'failure' }), now(2)], calm),
];

/** All messages are copies of one event, so consumers must see it once. */
function brokenForOneEvent(_: ModelScenario, outputs: readonly Output[]): string[] {
  const clean = outputs.filter((output) => output.on === 'clean');
  const letters = outputs.filter((output) => output.on === 'letters');
  const found = new Set(clean.map(({ key }) => key)).size > 1 ? ['one event under two keys'] : [];
  if (new Set(clean.map(({ root }) => root)).size > 1) found.push('counted twice');
  if (clean.length === 0 && !letters.some(({ code }) => code === 'DEAD')) found.push('lost');
  return letters.some(({ code }) => code === 'CONFLICT') ? [...found, 'a copy is called a conflict'] : found;
}

/** Tracking that knows one identity of each message only. */
const forgetful: Tracking = (block, claims) => {
  const cells = [...block.cells];
  const verdicts = claims.map((claim) => {
    const at = claim.eventId % 256;
    const step = decide(cells[at]!, { ...claim, formerly: undefined });
    cells[at] = step.cell;
    return step.verdict;
  });
  return { block: { ...block, cells }, verdicts };
};

describe('while the rules of identity change, one event is published once, under one key:', () => {
  test.each(changes)('$title', (scenario) => {
    expect(search(scenario, undefined, brokenForOneEvent).violations).toEqual(new Map());
  });

  test.each([
    ['a copy after the change', 'one event under two keys'],
    ['a copy whose content alone is read otherwise', 'a copy is called a conflict'],
  ])('the search finds the fault if the other identity is not compared: %s', (title, broken) => {
    const scenario = changes.find((one) => one.title === title)!;
    expect([...search(scenario, forgetful, brokenForOneEvent).violations.keys()]).toContain(broken);
  });
});
