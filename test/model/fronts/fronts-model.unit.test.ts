import { frontKinds } from './front-kinds.ts';
import { searchKind, spellFinding } from './kind-search.ts';
import { loadWithFault, plant } from './planted-bundle.ts';
import { frontFaults } from './planted-faults.ts';

/** The seeds with which a fault must be found. */
const seeds = [0, 1, 2, 3, 4, 5];

describe('the sweeps of a stream', () => {
  test.each(frontKinds)('keep the laws of fronts: $name', async (kind) => {
    const finding = await searchKind(kind, [1]);
    expect(finding && spellFinding(finding)).toBeUndefined();
  });
});

describe('the search of fronts', () => {
  test.each(frontFaults)('finds a fault: $name', async (fault) => {
    const { firstFinding } = await loadWithFault(fault);
    expect(await firstFinding(fault.kinds, fault.seed === undefined ? seeds : [fault.seed, ...seeds])).toBeDefined();
  });

  it('refuses a fault whose text is not in the file exactly once', () => {
    expect(() => plant('a b a', 'a', 'c', 'x.ts')).toThrow('x.ts has the text of the fault 2 times');
    expect(() => plant('a b a', 'd', 'c', 'x.ts')).toThrow('x.ts has the text of the fault 0 times');
  });
});
