import { PassThrough } from 'node:stream';
import { ProgressBar } from '../../../cli/screen/progress-bar.ts';

/** The text that a bar draws, without the control characters in front. */
function drawn(isTTY: boolean, total: number | undefined, done: number, events: number, elapsedMs: number): string {
  const to = Object.assign(new PassThrough(), { isTTY });
  const bar = new ProgressBar(to, total, { startedAtMs: 1_000_000 });
  bar.advance(done);
  bar.draw(events, 1_000_000 + elapsedMs);
  return String(to.read() ?? '').replace('\r\u001b[K', '');
}

describe('the progress bar', () => {
  test('shows the share, the rate, the time that has passed, and the time that is left by the bytes read', () => {
    expect(drawn(true, 4_000, 1_000, 30_000, 20_000)).toBe(
      '██████░░░░░░░░░░░░░░░░░░  25 %  30,000 events  1,500/s  0:20, 1:00 left',
    );
  });

  test('goes on from what was done before, which does not count for the rate or the time that is left', () => {
    const to = Object.assign(new PassThrough(), { isTTY: true });
    const bar = new ProgressBar(to, 200, { noun: 'letter', startedAtMs: 1_000_000, before: 100 });
    bar.advance(50);
    bar.draw(150, 1_005_000);
    expect(String(to.read())).toContain(' 75 %  150 letters  10/s  0:05, 0:05 left');
    bar.advance(50);
    bar.draw(200, 1_010_000);
    expect(String(to.read())).toContain(' 100 %  200 letters  10/s  0:10, 0:00 left');
  });

  test('shows no share and no end of a pipe, whose size is not known', () => {
    expect(drawn(true, undefined, 1_000, 500, 3_725_000)).toBe('500 events  0/s  1:02:05');
  });

  test('draws nothing where there is no terminal', () => {
    expect(drawn(false, 4_000, 1_000, 30_000, 20_000)).toBe('');
  });
});
