import fc from 'fast-check';
import { batch, holds } from './batch.ts';
import { regularExpressionsIn } from './regular-expressions.ts';
import { serverSurvives } from './server.ts';

/** A short run of what `npm run fuzz` does a million times; each run of the tests begins elsewhere, and a failure tells where. */
describe('hostile input', () => {
  it('is accounted for, message by message and id by id, and the console shows what became of it', async () => {
    await fc.assert(fc.asyncProperty(batch, holds), { numRuns: 15, interruptAfterTimeLimit: 30_000 });
  });

  it('does not bring down the web server of the console', async () => {
    await serverSurvives(50, Math.floor(Math.random() * 2 ** 31));
  });
});

test('the search for slow regular expressions sees those of all files', () => {
  const found = regularExpressionsIn(['shared', 'functions']);
  expect(found.find(({ file }) => file.endsWith('shared/json.ts'))?.expression.source).toContain('-?');
  expect(found.find(({ file }) => file.endsWith('html.ts'))?.expression.source).toBe('[&<>"\'`]');
});
