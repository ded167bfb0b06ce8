import type { Summary } from '../../../cli/clean/books.ts';
import { drawSummary } from '../../../cli/clean/summary.ts';

const summary: Summary = {
  received: 3,
  cleaned: 4,
  reconstructed: 1,
  duplicates: 0,
  conflicts: 0,
  deadLettered: 0,
  applied: 0,
  dropped: 0,
  pending: 0,
  gaps: [],
  byCode: {},
};

test('the summary counts an event as cleaned if its JSON does, reconstructed ones included', () => {
  const drawn = drawSummary(summary, 'events.ndjson', false);
  expect(drawn).toMatch(/^ *cleaned +4$/m);
  expect(drawn).toMatch(/^ *of them reconstructed +1$/m);
});
