import {
  heldIdsIn,
  isJump,
  isNearHeld,
  isNearStart,
  maxDistance,
  type JumpSettings,
} from '../../shared/tracking/jump.ts';
import { anEntry, blocksWith, cellsOf, settingsWith } from '../support/builders.ts';

function settings(over: Partial<JumpSettings> = {}): JumpSettings {
  return settingsWith({ maxJump: 10, ...over });
}

const idsOf = (eventId: number, lastId = eventId) => ({ eventId, lastId });

describe('an id', () => {
  it.each([
    ['is too far more than maxJump above the highest id below it', 14, [1, 2, 3], true],
    ['is near at maxJump above it', 13, [1, 2, 3], false],
    ['is never too far if nothing is held below it', 5_000, [], false],
    ['is near itself, if it is held', 900, [1, 900], false],
    ['is near the highest of several held ids', 905, [1, 900], false],
  ])('%s', (_, id, held, expected) => {
    expect(isJump(idsOf(id), held, settings())).toBe(expected);
  });

  it('may be maxJump expected ids away, where ids grow by a step', () => {
    const step = settings({ numbering: { step: 100 } });
    expect(maxDistance(step)).toBe(1_000);
    expect([1_001, 1_002].map((id) => isJump(idsOf(id), [1], step))).toEqual([false, true]);
  });
});

describe('a start', () => {
  it('counts as a held id just below it', () => {
    const start = settings({ start: 100 });
    expect([109, 110].map((id) => isJump(idsOf(id), [], start))).toEqual([false, true]);
    expect([109, 110].map((id) => isNearStart(idsOf(id), start))).toEqual([true, false]);
  });

  it('takes ids below it out of the rule, on both sides', () => {
    expect(isJump(idsOf(90), [1], settings({ start: 100 }))).toBe(false);
    expect(isJump(idsOf(105), [1], settings({ start: 100 }))).toBe(false);
    expect(isNearStart(idsOf(90), settings({ start: 100 }))).toBe(true);
  });

  it('shows nothing if there is none', () => {
    expect(isNearStart(idsOf(0), settings())).toBe(false);
  });
});

describe('a void', () => {
  it.each([
    ['is too far with its last id', 8, 14, [3], true],
    ['is near with all of them', 8, 13, [3], false],
    ['is near where ids held inside it are near to the others', 8, 20, [3, 12], false],
    ['is too far below an id held inside it', 8, 20, [3, 20], true],
    ['is too far above an id held inside it', 8, 23, [3, 12], true],
    ['is too far above its own lowest held id, with nothing below it', 8, 23, [12], true],
    ['is near if nothing is held below its last id', 8, 900, [], false],
    ['does not depend on holes below it', 508, 513, [3, 507], false],
  ])('%s', (_, from, to, held, expected) => {
    expect(isJump(idsOf(from, to), held, settings())).toBe(expected);
  });

  it('is near a held id only if that is below its first id and near its last one', () => {
    expect(isNearHeld(idsOf(8, 13), 3, 10)).toBe(true);
    expect(isNearHeld(idsOf(8, 14), 3, 10)).toBe(false);
    expect(isNearHeld(idsOf(8, 14), 9, 10)).toBe(false);
  });
});

it('held ids are those with an entry, ascending, up to an id', () => {
  const blocks = blocksWith(cellsOf([3, 255, 256, 600], anEntry({ state: 'closed' }))).toReversed();
  expect(heldIdsIn(blocks, 599)).toEqual([3, 255, 256]);
});
