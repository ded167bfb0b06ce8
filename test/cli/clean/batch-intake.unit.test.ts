import fc from 'fast-check';
import { anUnnumberedEvent, cleanBothWays, cleanText, randomFile } from '../../support/cleaned-streams.ts';

describe('a file that is decided in batches', () => {
  test('has the same clean events, letters, gaps and inferences as by the functions themselves', async () => {
    await fc.assert(
      fc.asyncProperty(randomFile, async (file) => {
        const { inBatches, byFunctions } = await cleanBothWays(file);
        expect(inBatches).toEqual(byFunctions);
      }),
      { numRuns: 40 },
    );
  });

  test('knows the copies of events for which a full bucket has no room', async () => {
    const events = Array.from({ length: 4_500 }, (_, i) => anUnnumberedEvent(`u${i}`));
    const copies = [0, 4_200, 4_499].map((i) => events[i]);
    const text = [...events, ...copies].join('\n');
    const { result, out } = await cleanText({
      text,
      source: 'events',
      catalog: { streams: { default: { numbering: 'none' } } },
    });
    expect(result).toMatchObject({ received: 4_503, cleaned: 4_500, duplicates: 3, pending: 0 });
    expect(out.ofRecords.filter(Boolean)).toEqual(events);
  });
});
