import { aFront } from '../support/builders.ts';
import { ConsoleUnderTest, noon } from './builders.ts';

test('the books of each stream with numbers are told with their difference, and kept for ten minutes', async () => {
  const under = new ConsoleUnderTest({ streams: { hooks: { numbering: 'none' } } });
  await under.hold('orders', [1, 2, 3]);
  await under.progress('orders', { pieces: aFront({ first: 1, last: 3, atMs: noon }) });
  await under.progress('hooks', {});
  const balanced = { stream: 'orders', difference: 0, findings: [] };
  expect(await under.getJson('/api/books')).toMatchObject({ streams: [balanced], isMore: false });

  await under.hold('audit', [1, 5]);
  await under.progress('audit', { pieces: aFront({ first: 1, last: 5, atMs: noon }) });
  under.clock.advance(599_000);
  expect(await under.getJson('/api/books')).toMatchObject({ streams: [balanced] });
  under.clock.advance(1_000);
  const wrong = { stream: 'audit', difference: 3, findings: [expect.stringContaining('2–4') as unknown] };
  expect(await under.getJson('/api/books')).toMatchObject({ streams: [wrong, balanced] });
});
