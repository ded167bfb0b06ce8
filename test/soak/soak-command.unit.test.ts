import { UsageError } from '../../cli/command.ts';
import { soak } from './soak-command.ts';
import { runCommand } from '../support/command-run.ts';

test.each([
  [['--minutes', '0']],
  [['--minutes', 'ten']],
  [['--kill-every', '']],
  [['--rate=-1']],
  [['--seed', '1e99']],
  [['--seed', '1.5']],
  [['here']],
])('throws a usage error for the arguments %j', async (argv) => {
  await expect(runCommand(soak, argv)).rejects.toThrow(UsageError);
});
