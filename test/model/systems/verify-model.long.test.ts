import { searchVerify } from './verify-search.ts';
import { verifyScenarios } from './verify-scenarios.ts';

test.each(verifyScenarios)('verify and track keep the laws with $title', async (scenario) => {
  const { broken } = await searchVerify({ ...scenario, redeliveries: scenario.redeliveries + 1 });
  expect([...broken].map(([law, way]) => [law, ...way])).toEqual([]);
});
