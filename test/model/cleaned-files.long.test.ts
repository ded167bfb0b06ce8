import fc from 'fast-check';
import { cleanBothWays, randomFile } from '../support/cleaned-streams.ts';

it('clean makes the same of 1,000 random files in batches as by the functions themselves', async () => {
  await fc.assert(
    fc.asyncProperty(randomFile, async (file) => {
      const { inBatches, byFunctions } = await cleanBothWays(file);
      expect(inBatches).toEqual(byFunctions);
    }),
    { numRuns: 1_000 },
  );
}, 600_000);
