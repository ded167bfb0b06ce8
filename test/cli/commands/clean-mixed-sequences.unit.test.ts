import { clean } from '../../../cli/commands/clean.ts';
import { runClean } from '../../support/clean-run.ts';
import { Directory, runCommand } from '../../support/command-run.ts';

const directory = new Directory();

/** The readings of a meter in an hour of the day, a line each. The meter numbers them from 1 after each start. */
function readings(hour: number, ids: readonly number[]): string[] {
  return ids.map((event_id) => {
    const timestamp = new Date(Date.UTC(2026, 2, 4, hour, event_id)).toISOString();
    return JSON.stringify({ event_id, type: 'MeterRead', timestamp, valid: true, data: { hour } });
  });
}

/** The sales of a till, a line each. Its clock has whole seconds. */
function sales(till: string, from: number, ids: readonly number[]): string[] {
  return ids.map((event_id) => {
    const timestamp = new Date(Date.UTC(2026, 2, 4, 9, 0, from + event_id)).toISOString();
    return JSON.stringify({ event_id, type: 'Sale', timestamp, valid: true, data: { till } });
  });
}

const cleaned = (lines: readonly string[], ...options: string[]) => runClean(directory, lines.join('\n'), options);

async function summaryOf(lines: readonly string[]): Promise<string> {
  const { stdout } = await runCommand(clean, [await directory.write('in', lines.join('\n'))]);
  return stdout;
}

describe('a file in which a meter numbers its readings anew after a restart', () => {
  const restarted = [...readings(8, [1, 2, 3, 4, 5, 6, 7]), ...readings(9, [1, 2, 3, 4, 5])];

  test('is cleaned whole, and the summary tells of the revisions and of their run', async () => {
    const { code, out, summary } = await cleaned(restarted);
    expect([code, out]).toEqual([0, restarted]);
    expect(summary).toMatchObject({ revisions: 5, revisionRuns: [{ from: 1, to: 5, ids: 5 }], conflicts: 0, gaps: [] });
    expect(await summaryOf(restarted)).toContain(
      '  5 events came under ids that other events hold: 5 cleaned, 0 dead-lettered.\n' +
        '  All or most of these ids hold several events: 1–5.\n',
    );
  });

  test('has no gap if readings after the restart are lost, and the summary says that they cannot be found', async () => {
    const lossy = [...readings(8, [1, 2, 3, 4, 5, 6, 7]), ...readings(9, [1, 2, 5, 6])];
    expect((await cleaned(lossy)).summary).toMatchObject({
      revisions: 4,
      revisionRuns: [{ from: 1, to: 6, ids: 4 }],
      gaps: [],
    });
    expect(await summaryOf(lossy)).toContain('A lost event is not found while another event holds its id.');
  });

  test('has its loss found if the readings after the restart are cleaned in a stream of their own', async () => {
    const { summary } = await cleaned(readings(9, [1, 2, 5, 6]), '--stream', 'meter-9');
    expect(summary).toMatchObject({ revisions: 0, gaps: [{ from: 3, to: 4 }] });
  });

  test('is cleaned whole however many readings an id has', async () => {
    const often = Array.from({ length: 17 }, (_, hour) => readings(hour, [1])).flat();
    expect((await cleaned(often)).summary).toMatchObject({ cleaned: 17, revisions: 16, conflicts: 0 });
  });
});

describe('a file of two tills that write into one stream', () => {
  test('is told of where all their sales of an id are of the same second, and are conflicts', async () => {
    const tills = [1, 2, 3, 4, 5].flatMap((id) => [...sales('front', 0, [id]), ...sales('back', 0, [id])]);
    expect((await cleaned(tills)).summary).toMatchObject({ cleaned: 5, revisions: 0, conflicts: 5, otherContent: 5 });
    expect(await summaryOf(tills)).toContain(
      '5 events came under ids that other events hold: 0 cleaned, 5 dead-letter',
    );
  });

  test('is told of where they are of other seconds, and all of them are cleaned', async () => {
    const tills = [1, 2, 3, 4, 5].flatMap((id) => [...sales('front', 0, [id]), ...sales('back', 30, [id])]);
    expect((await cleaned(tills)).summary).toMatchObject({ cleaned: 10, revisions: 5, conflicts: 0 });
  });
});

test('a file in which each id has one event, some sent twice, is not told of', async () => {
  const lines = [...readings(8, [1, 2, 3, 4]), ...readings(8, [2, 3])];
  expect((await cleaned(lines)).summary).toMatchObject({ duplicates: 2, revisions: 0, revisionRuns: [] });
  expect(await summaryOf(lines)).not.toContain('other events hold');
});
