import { knownEvents, spreadInstants, type Known } from '../../shared/inference/neighbours.ts';
import { aBlockWith, anEntry, aVoidEntry, noon } from '../support/builders.ts';

function aKnown(eventId: number, known: Partial<Known> = {}): Known {
  return { eventId, type: 'LeadCreated', instantMs: noon, entity: 0, ...known };
}

describe('what is known of a block', () => {
  test('is what producers sent, by ascending id, be it checked or not', () => {
    const block = aBlockWith({
      30: anEntry({ type: 'CRM_Sync', instantMs: noon + 5, entity: 77 }),
      2: anEntry({ state: 'suspect', instantMs: noon + 1 }),
      1: anEntry(),
    });
    expect(knownEvents(block)).toEqual([
      { eventId: 1, type: 'LeadCreated', instantMs: noon, entity: 0 },
      { eventId: 2, type: 'LeadCreated', instantMs: noon + 1, entity: 0 },
      { eventId: 30, type: 'CRM_Sync', instantMs: noon + 5, entity: 77 },
    ]);
  });

  test('is every entry of an id, the first one first', () => {
    const block = aBlockWith({ 1: [anEntry(), anEntry({ type: 'CRM_Sync', instantMs: noon + 1 })] });
    expect(knownEvents(block).map(({ type }) => type)).toEqual(['LeadCreated', 'CRM_Sync']);
  });

  test.each([
    ['inferred: an inference is no evidence for another', anEntry({ state: 'reconstructed' })],
    ['refused', anEntry({ state: 'closed' })],
    ['void', aVoidEntry()],
    ['of no known type', anEntry({ type: '' })],
    ['of no known time', anEntry({ instantMs: undefined })],
  ])('is nothing that is %s', (_, entry) => {
    expect(knownEvents(aBlockWith({ 1: entry }))).toEqual([]);
  });
});

describe('the time of a missing event', () => {
  const at = (ms: number): Known => aKnown(0, { instantMs: noon + ms });
  const spread = (previous: Known | undefined, next: Known | undefined, count: number) =>
    spreadInstants({ previous, next }, count)?.map((instantMs) => instantMs - noon);

  test('is the midpoint between its neighbours', () => {
    expect(spread(at(0), at(60_000), 1)).toEqual([30_000]);
  });

  test('is a whole millisecond where the midpoint is not', () => {
    expect(spread(at(0), at(5), 1)).toEqual([3]);
  });

  test('is thirty seconds after the previous event, where no later one is known', () => {
    expect(spread(at(0), undefined, 1)).toEqual([30_000]);
  });

  test('is thirty seconds before the next event, where no earlier one is known', () => {
    expect(spread(undefined, at(0), 1)).toEqual([-30_000]);
  });

  test('is unknown where nothing is known on either side', () => {
    expect(spread(undefined, undefined, 1)).toBeUndefined();
  });

  test('is spread evenly in a longer gap', () => {
    expect(spread(at(0), at(60_000), 3)).toEqual([15_000, 30_000, 45_000]);
  });

  test('is thirty seconds apart in a longer gap with one neighbour, and ascends with the ids', () => {
    expect(spread(at(0), undefined, 3)).toEqual([30_000, 60_000, 90_000]);
    expect(spread(undefined, at(0), 3)).toEqual([-90_000, -60_000, -30_000]);
  });

  test('goes back where its neighbours do', () => {
    expect(spread(at(60_000), at(0), 2)).toEqual([40_000, 20_000]);
  });

  test('is that of both neighbours where they have the same', () => {
    expect(spread(at(7), at(7), 2)).toEqual([7, 7]);
  });
});
