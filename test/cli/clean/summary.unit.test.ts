import { plainTerminal } from '../../support/plain-terminal.ts';
import type { CleanResult, ListedGap, Summary } from '../../../cli/clean/books.ts';
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
  offStep: [],
  byCode: {},
  reasons: [],
};

test('the summary counts an event as cleaned if its JSON does, reconstructed ones included', () => {
  const drawn = drawSummary(summary, 'events.ndjson', plainTerminal);
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
  const ignore = '  Are they copies that differ in a retry count or a sending time? Name such members under ignore.';
  const key = "  Are they copies with another timestamp? Set key: 'event_id' and ignore: ['/timestamp'].";
  const endOf = (more: Partial<Summary>): string[] => {
    const [last = ''] = drawSummary({ ...summary, ...more }, 'events.ndjson', plainTerminal)
      .split('\n\n')
      .slice(-1);
    return last.trimEnd().split('\n');
  };

  test('says what to do, and which ids follow one another', () => {
    const revisionRuns = [{ from: 1, to: 5, ids: 5 }];
    expect(endOf({ revisions: 6, revisionRuns })).toEqual([
      '  6 events came under ids that other events hold: 6 cleaned, 0 dead-lettered.',
      '  All or most of these ids hold several events: 1–5.',
      ...advice,
      key,
    ]);
  });

  test('counts conflicts of content too, since two producers cause those where their events have the same time', () => {
    expect(endOf({ conflicts: 5, otherContent: 5, deadLettered: 5, byCode: { ERR_CONFLICT: 5 } })).toEqual([
      '  5 events came under ids that other events hold: 0 cleaned, 5 dead-lettered.',
      ...advice,
      ignore,
    ]);
  });

  test('is left out where there are none', () => {
    expect(drawSummary({ ...summary, conflicts: 1, byCode: { ERR_CONFLICT: 1 } }, 'f', plainTerminal)).not.toContain(
      'other events hold',
    );
  });
});

describe('the summary of gaps', () => {
  const doubtful = {
    from: 2,
    to: 38,
    state: 'abandoned',
    missing: 19,
    why: 'the numbers around have holes: 19 of 19 neighbouring events have a hole between them; do ids grow by 2?',
    isDoubtful: true,
  } as const;
  const drawn = (...gaps: readonly ListedGap[]) => drawSummary({ ...summary, gaps }, 'events.ndjson', plainTerminal);

  test('has the number of missing ids, and says in words why gaps are given up', () => {
    const text = drawn(
      { from: 50, to: 50, state: 'reconstructed', missing: 1, inferred: 1 },
      { from: 60, to: 61, state: 'abandoned', missing: 2, why: 'too-uncertain' },
    );
    expect(text).toMatch(/^ *missing +ids +state +reason$/m);
    expect(text).toMatch(/^ *50 +1 +reconstructed *$/m);
    expect(text).toMatch(/^ *60–61 +2 +abandoned +too uncertain to be inferred$/m);
    expect(text).not.toContain('look like losses');
    expect(drawn({ from: 50, to: 50, state: 'reconstructed', missing: 1 })).toMatch(/^ *missing +ids +state$/m);
  });

  test('says of a gap how many ids were inferred, if the others were given up', () => {
    const text = drawn({ from: 60, to: 64, state: 'abandoned', missing: 5, inferred: 2, why: 'too-uncertain' });
    expect(text).toMatch(
      /^ *60–64 +5 +abandoned, reconstructed +2 inferred; the other 3: too uncertain to be inferred$/m,
    );
  });

  test('lists doubtful gaps apart from losses, with what their numbers look like, and what to do', () => {
    const text = drawn(doubtful, { from: 50, to: 50, state: 'reconstructed', missing: 1 });
    const [losses = '', ...rest] = text.split(/^ *doubtful +ids/m);
    expect(losses).toMatch(/^ *missing +ids +state$/m);
    expect(losses).not.toContain('2–38');
    expect(rest.join()).toMatch(/^ *2–38 +19 +abandoned +19 of 19 neighbouring .*; do ids grow by 2\?$/m);
    expect(rest.join()).toContain(
      [
        '  1 gap does not look like losses. No event is inferred there.',
        '  If ids grow by n, set numbering: { step: n }.',
        "  If ids are never used, set numbering: { holes: 'normal' }, or let the producer answer with voids.",
      ].join('\n'),
    );
  });

  test('says which ids are missing even if the numbers are what they look like', () => {
    const lost = (...ids: readonly number[]) => ({ unexplained: ids.map((id) => ({ from: id, to: id })) });
    expect(drawn(doubtful)).not.toContain('what they look like');
    expect(drawn({ ...doubtful, ...lost() })).toContain('look like, no event is missing there.\n');
    expect(drawn({ ...doubtful, ...lost(7) })).toContain('look like, 1 id is missing all the same: 7.\n');
    const [text, unknown] = [
      drawn({ ...doubtful, ...lost(7) }, { ...doubtful, ...lost(9) }),
      drawn({ ...doubtful, ...lost() }, doubtful),
    ];
    expect(text).toContain('look like, 2 ids are missing all the same: 7, 9.\n');
    expect(unknown).not.toContain('what they look like');
  });

  test('lists ranges between two fronts apart, since nothing is known of their ids', () => {
    const why =
      'between two fronts of the stream; did numbering jump or restart, or do two producers share the stream?';
    const text = drawn({ from: 3, to: 4_999_999, state: 'abandoned', missing: 4_999_997, why });
    expect(text).not.toMatch(/^ *missing/m);
    expect(text).toMatch(/^ *between fronts +ids +state +question$/m);
    expect(text).toMatch(/^ *3–4999999 +4,999,997 +abandoned +did numbering jump or restart, or do two producers/m);
    expect(text).toContain('  Give each sequence of numbers a stream of its own.');
  });

  test('lists no losses where all gaps are doubtful', () => {
    expect(drawn(doubtful)).not.toMatch(/^ *missing/m);
  });
});

test('the summary names the events off the step of a stream', () => {
  const offStep = [{ step: 10, count: 2, ids: [33, 47] }];
  const drawn = drawSummary({ ...summary, offStep }, 'events.ndjson', plainTerminal);
  expect(drawn).toContain('  2 events have ids off the step of 10: 33, 47\n');
  const named = drawSummary({ ...summary, offStep: [{ stream: 'orders', ...offStep[0]! }] }, 'f', plainTerminal);
  expect(named).toContain('  orders: 2 events have ids off the step of 10');
});

test('the summary names ids that are far from all others', () => {
  const drawn = drawSummary({ ...summary, outliers: [1, 500_000] }, 'events.ndjson', plainTerminal);
  expect(drawn).toContain('2 ids far from all others: 1, 500000');
  expect(drawn).toContain('Is the id wrong?');
  expect(drawSummary(summary, 'events.ndjson', plainTerminal)).not.toContain('far from');
});

test('the summary asks for the distance of ids that are all far from each other', () => {
  const drawn = drawSummary({ ...summary, outliers: [20, 40, 60, 100, 120, 140] }, 'events.ndjson', plainTerminal);
  expect(drawn).toContain('Do ids grow by 20? Then set numbering: { step: 20 }, so that losses are found.');
  expect(drawn).not.toContain('Is the id wrong?');
});
