import { Pace } from '../../shared/tracking/pace.ts';

/** The longest backoff that a pace draws. */
const almostOne = (): number => 0.999_999;

describe('the pace of a stream', () => {
  it('backs off for up to four round trips, as they were lately, and never for longer than 200 ms', () => {
    const pace = new Pace(almostOne);
    expect(pace.backoffMs()).toBe(0);
    pace.sample(20);
    expect(pace.backoffMs()).toBeCloseTo(80, 2);
    for (let i = 0; i < 100; i++) pace.sample(40);
    expect(pace.backoffMs()).toBeCloseTo(160, 1);
    for (let i = 0; i < 100; i++) pace.sample(900);
    expect(pace.backoffMs()).toBe(200);
  });

  it('takes a round trip that spans a pause of the instance for no round trip', () => {
    const pace = new Pace(almostOne);
    pace.sample(20);
    pace.sample(3_600_000);
    expect(pace.backoffMs()).toBeCloseTo(80, 2);
  });

  it('has known blocks read again while more than half of them are stale', () => {
    const pace = new Pace(almostOne);
    for (let i = 0; i < 5; i++) pace.sampleKnown(true);
    expect(pace.readsAgain).toBe(false);
    pace.sampleKnown(true);
    expect(pace.readsAgain).toBe(true);
    pace.sampleKnown(false);
    expect(pace.readsAgain).toBe(false);
  });

  it('halves the blocks in flight on a conflict, once a round trip, and adds one for each round trip without', () => {
    const pace = new Pace(almostOne);
    pace.sample(20);
    expect(pace.inFlightLimit).toBe(8);
    for (const atMs of [0, 10, 19]) pace.conflicted(atMs);
    expect(pace.inFlightLimit).toBe(4);
    for (const atMs of [20, 40, 60, 80]) pace.conflicted(atMs);
    expect(pace.inFlightLimit).toBe(1);
    for (let i = 0; i < 36; i++) pace.succeeded();
    expect(pace.inFlightLimit).toBe(8);
  });

  it('doubles the blocks in flight with each round trip while nothing conflicts, up to 256', () => {
    const pace = new Pace(almostOne);
    for (let i = 0; i < 8; i++) pace.succeeded();
    expect(pace.inFlightLimit).toBe(16);
    for (let i = 0; i < 1_000; i++) pace.succeeded();
    expect(pace.inFlightLimit).toBe(256);
  });
});
