import type { JobCounts } from '../../shared/operator/job.ts';
import type { TriedLetter } from '../../shared/operator/try-job.ts';
import { write, type Io } from '../command.ts';
import type { ConsoleClient } from '../console/console-client.ts';
import { thousands } from '../screen/table.ts';
import type { LetterChange } from './change-letter.ts';

/** The result of a dry run of a job, as the API answers it. */
interface DryRun extends Pick<JobCounts, 'matched' | 'skipped' | 'left'> {
  readonly action: LetterChange['action'];
  readonly tried: readonly TriedLetter[];
  readonly unknown: readonly string[];
}

/** The words for a letter that a change would not be refused for. */
export const wouldBe = {
  replay: 'would be sent',
  discard: 'would be discarded',
  reopen: 'would be opened',
} as const satisfies Record<LetterChange['action'], string>;

const wouldNotBe = {
  invalid: 'would be refused again',
  changed: 'was changed meanwhile',
  skipped: 'would be skipped',
} as const satisfies Record<Exclude<TriedLetter['result'], 'ok'>, string>;

/** Prints what a job would do with its first letters, and how many there are. It plans no job. @returns The exit code. */
export async function tryBulk(client: ConsoleClient, plan: object, isJson: boolean, io: Io): Promise<number> {
  const { json } = await client.change({ method: 'POST', path: '/api/jobs', body: { ...plan, dryRun: true } });
  const dryRun = json as unknown as DryRun;
  await write(io.stdout, isJson ? `${JSON.stringify(json)}\n` : drawDryRun(dryRun));
  return dryRun.tried.every(({ result }) => result === 'ok') ? 0 : 3;
}

function drawDryRun({ matched, action, tried }: DryRun): string {
  const lines = tried.map(({ id, result, why }) => {
    const text = result === 'ok' ? wouldBe[action] : wouldNotBe[result];
    return `  ${id}  ${text}${why === undefined ? '' : `: ${why}`}\n`;
  });
  const bad = tried.filter(({ result }) => result !== 'ok').length;
  const verdict = bad === 0 ? `all of them ${wouldBe[action]}` : `${thousands(bad)} of them would not be changed`;
  const sum = tried.length === 0 ? '' : `. The first ${thousands(tried.length)} were tried: ${verdict}`;
  return `${lines.join('')}  ${thousands(matched)} matched${sum}\n  this was a dry run: nothing was changed, and no job was planned\n`;
}
