import type { CleanResult, Summary } from '../../../cli/clean/books.ts';
import { drawSummary } from '../../../cli/clean/summary.ts';

const summary: CleanResult = {
  reading: { form: 'one JSON event a line' },
  received: 3,
  cleaned: 4,
  reconstructed: 1,
  duplicates: 0,
  conflicts: 0,
  otherContent: 0,
  deadLettered: 0,
  applied: 0,
  dropped: 0,
  revisions: 0,
  revisionRuns: [],
  pending: 0,
  gaps: [],
  outliers: [],
  byCode: {},
  reasons: [],
};

test('the summary counts an event as cleaned if its JSON does, reconstructed ones included', () => {
  const drawn = drawSummary(summary, 'events.ndjson', false);
  expect(drawn).toMatch(/^ *cleaned +4$/m);
  expect(drawn).toMatch(/^ *of them reconstructed +1$/m);
});

describe('the summary of events that came under ids that other events hold', () => {
  const advice = [
    '  Did numbering restart, or do two producers share the stream?',
    '  A lost event is not found while another event holds its id.',
    '  Give each sequence of numbers a stream of its own.',
    '  Clean its lines apart, with another --stream.',
  ];
  const endOf = (more: Partial<Summary>): string[] => {
    const [last = ''] = drawSummary({ ...summary, ...more }, 'events.ndjson', false)
      .split('\n\n')
      .slice(-1);
    return last.trimEnd().split('\n');
  };

  test('says what to do, and which ids follow one another', () => {
    const revisionRuns = [{ from: 1, to: 5, ids: 5 }];
    expect(endOf({ revisions: 6, revisionRuns })).toEqual([
      '  6 events came under ids that other events hold: 6 cleaned, 0 dead-lettered.',
      '  Ids that hold several events one after another: 1–5.',
      ...advice,
    ]);
  });

  test('counts conflicts of content too, since two producers cause those where their events have the same time', () => {
    expect(endOf({ conflicts: 5, otherContent: 5, deadLettered: 5, byCode: { ERR_CONFLICT: 5 } })).toEqual([
      '  5 events came under ids that other events hold: 0 cleaned, 5 dead-lettered.',
      ...advice,
    ]);
  });

  test('is left out where there are none', () => {
    expect(drawSummary({ ...summary, conflicts: 1, byCode: { ERR_CONFLICT: 1 } }, 'f', false)).not.toContain(
      'other events hold',
    );
  });
});

test('the summary of gaps has the number of missing ids, and says why gaps are given up', () => {
  const gaps = [
    { from: 2, to: 38, state: 'abandoned', missing: 19, why: 'do ids grow by 2?' },
    { from: 50, to: 50, state: 'reconstructed', missing: 1 },
  ] as const;
  const drawn = drawSummary({ ...summary, gaps }, 'events.ndjson', false);
  expect(drawn).toMatch(/^ *missing +ids +state +reason$/m);
  expect(drawn).toMatch(/^ *2–38 +19 +abandoned +do ids grow by 2\?$/m);
  expect(drawn).toMatch(/^ *50 +1 +reconstructed *$/m);
  const [, ...known] = gaps;
  expect(drawSummary({ ...summary, gaps: known }, 'events.ndjson', false)).toMatch(/^ *missing +ids +state$/m);
});

test('the summary names ids that are far from all others', () => {
  const drawn = drawSummary({ ...summary, outliers: [1, 500_000] }, 'events.ndjson', false);
  expect(drawn).toContain('2 ids far from all others: 1, 500000');
  expect(drawn).toContain('Is the id wrong?');
  expect(drawSummary(summary, 'events.ndjson', false)).not.toContain('far from');
});

test('the summary asks for the distance of ids that are all far from each other', () => {
  const drawn = drawSummary({ ...summary, outliers: [20, 40, 60, 100, 120, 140] }, 'events.ndjson', false);
  expect(drawn).toContain('Do ids grow by 20? Then set numbering: { step: 20 }, so that losses are found.');
  expect(drawn).not.toContain('Is the id wrong?');
});
