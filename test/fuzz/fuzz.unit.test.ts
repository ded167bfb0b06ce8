import fc from 'fast-check';
import { batch, holds } from './batch.ts';
import { regularExpressionsIn } from './regular-expressions.ts';
import { serverSurvives } from './server.ts';

/** A short version of `npm run fuzz`. Each run has another seed, which a failure prints. */
describe('hostile input', () => {
  it('is accounted for by message and by id, and the console answers requests about it', async () => {
    await fc.assert(fc.asyncProperty(batch, holds), { numRuns: 15, interruptAfterTimeLimit: 30_000 });
  });

  it('does not crash the console’s web server', async () => {
    await serverSurvives(50, Math.floor(Math.random() * 2 ** 31));
  });
});

test('the search for slow regular expressions finds the expressions of all source files', () => {
  const found = regularExpressionsIn(['shared', 'functions']);
  expect(found.find(({ file }) => file.endsWith('shared/json.ts'))?.expression.source).toContain('-?');
  expect(found.find(({ file }) => file.endsWith('html.ts'))?.expression.source).toBe('[&<>"\'`]');
});
