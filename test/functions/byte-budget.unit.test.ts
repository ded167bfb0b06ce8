import { ByteBudget } from '../../functions/byte-budget.ts';

describe('a byte budget', () => {
  it('gives bytes until none are left, and has no room for one more', () => {
    const budget = new ByteBudget(250);
    expect(budget.reserve(100)).toBeDefined();
    expect(budget.reserve(150)).toBeDefined();
    expect(budget.reserve(1)).toBeUndefined();
    expect(budget.reserve(0)).toBeDefined();
  });

  it('has room again once bytes are released', () => {
    const budget = new ByteBudget(250);
    const release = budget.reserve(200);
    expect(budget.reserve(100)).toBeUndefined();
    release?.();
    expect(budget.reserve(250)).toBeDefined();
  });

  it('takes bytes back once, however often they are released', () => {
    const budget = new ByteBudget(250);
    const release = budget.reserve(100);
    budget.reserve(100);
    release?.();
    release?.();
    expect(budget.reserve(151)).toBeUndefined();
    expect(budget.reserve(150)).toBeDefined();
  });

  it('reserves nothing for a request that it refused', () => {
    const budget = new ByteBudget(250);
    expect(budget.reserve(251)).toBeUndefined();
    expect(budget.reserve(250)).toBeDefined();
  });
});
