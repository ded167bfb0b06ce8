import { verifyFaults } from './verify-faults.ts';
import { searchVerify } from './verify-search.ts';
import { verifyScenarios } from './verify-scenarios.ts';

/* A short search. `npm run model` searches more crashes and redeliveries. */

describe('verify and track', () => {
  test.each(verifyScenarios)('keep the laws with $title', async (scenario) => {
    const { broken } = await searchVerify({ ...scenario, crashes: 1 });
    expect([...broken].map(([law, way]) => [law, ...way])).toEqual([]);
  });

  test.each(verifyFaults)('break a law if $fault', async ({ functions, title, law }) => {
    const scenario = verifyScenarios.find((one) => one.title === title)!;
    const { broken } = await searchVerify({ ...scenario, redeliveries: 0 }, functions);
    expect([...broken.keys()]).toContain(law);
  });
});

describe('the search of verify and track', () => {
  const originsAfter = async (title: string): Promise<Set<string>> => {
    const { endings } = await searchVerify(verifyScenarios.find((one) => one.title === title)!);
    return new Set(endings.flat().map((output) => (output.on === 'clean' ? output.origin : output.code)));
  };

  test('reaches every answer', async () => {
    expect(await originsAfter('the record of a valid event changes between two reads')).toEqual(
      new Set(['verified', 'unverified']),
    );
    expect(await originsAfter('an invalid event, then a sound copy')).toEqual(
      new Set(['corrected', 'producer', 'ERR_CONFLICT']),
    );
    expect(await originsAfter('a form that differs from its record')).toEqual(new Set(['ERR_INCORRECT']));
  });
});
