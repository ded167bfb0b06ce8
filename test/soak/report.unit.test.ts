import { plainTerminal } from '../support/plain-terminal.ts';
import { lostMarks, type SoakResult } from './soak-result.ts';
import { LiveJournal } from './live-journal.ts';
import { drawResult, drawProgress, isSoakBalanced } from './report.ts';
import { aMessage } from '../support/builders.ts';

const balanced: SoakResult = { breaches: [], audit: { streams: [], unpublished: [], openLetters: new Map() } };
const lost = (n: number) => ({ law: 'each message ends in one place', what: `message ${n} is lost` });

test('formats progress in one line', () => {
  const journal = new LiveJournal();
  journal.see('cleaned-events', aMessage(), 1);
  journal.see('dead-letter-queue', aMessage(), 2);
  journal.count('kills');
  expect(drawProgress(journal, 65_000)).toBe(
    '01:05  0 sent, 1 cleaned, 1 dead letters, 0 requests, 1 kills, 0 restarts\n',
  );
});

test('says that the books balance only if every law holds and the audit finds no difference', () => {
  const off = {
    stream: 'web',
    fronts: [],
    isSwept: true,
    revisions: 0,
    offStepEvents: 0,
    difference: 1,
    outliers: [],
    forgotten: [],
    findings: [],
  };
  expect(isSoakBalanced(balanced)).toBe(true);
  expect(isSoakBalanced({ ...balanced, breaches: [lost(1)] })).toBe(false);
  expect(isSoakBalanced({ ...balanced, audit: { ...balanced.audit, streams: [off] } })).toBe(false);
  expect(drawResult(balanced, plainTerminal)).toMatch(/(\d+) of \1 laws held\n\nthe books balance\n$/);
});

test('allows as many lost marks as the ended instances of track may have lost, and no more', () => {
  const entry = { stream: 'web', eventId: 1, state: 'clean', type: 'Lead', instantMs: 0, atLeastMs: 1 } as const;
  const unpublished = Array.from({ length: 36 }, () => entry);
  const counts = new Map([['ends of track', 1]]);
  expect(lostMarks({ counts }, { unpublished: unpublished.slice(1) })).toEqual([]);
  expect(lostMarks({ counts }, { unpublished })).toHaveLength(1);
  expect(lostMarks({ counts: new Map() }, { unpublished: unpublished.slice(25) })).toHaveLength(1);
});

test('lists the first few breaches of each law', () => {
  const drawn = drawResult({ ...balanced, breaches: [1, 2, 3, 4, 5, 6, 7].map(lost) }, plainTerminal);
  expect(drawn).toContain(' laws held\n    broken: each message ends in one place\n      message 1 is lost\n');
  expect(drawn).toMatch(/message 5 is lost\n {6}and 2 more\n\nthe books do not balance\n$/);
});
