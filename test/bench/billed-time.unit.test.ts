import { billedTimeMs } from '../../bench/billed-time.ts';

describe('the time for which an instance is billed', () => {
  it('is that of its requests, rounded up to a tenth of a second', () => {
    expect(billedTimeMs([{ fromMs: 0, toMs: 15 }])).toBe(100);
    expect(billedTimeMs([{ fromMs: 0, toMs: 130 }])).toBe(200);
  });

  it('counts requests at the same time once', () => {
    const times = [
      { fromMs: 0, toMs: 90 },
      { fromMs: 10, toMs: 20 },
      { fromMs: 80, toMs: 100 },
    ];
    expect(billedTimeMs(times)).toBe(100);
  });

  it('is rounded up for each stretch', () => {
    const times = [
      { fromMs: 0, toMs: 10 },
      { fromMs: 500, toMs: 510 },
    ];
    expect(billedTimeMs(times)).toBe(200);
  });
});
