import { makeCommand } from '../command.ts';
import { consoleNotes } from '../console/console-client.ts';
import { editCommand } from '../dead-letters/edit-command.ts';
import { exportCommand } from '../dead-letters/export-command.ts';
import { jobsCommand } from '../dead-letters/jobs-command.ts';
import { listCommand } from '../dead-letters/list-command.ts';
import { discardCommand, reopenCommand, replayCommand } from '../dead-letters/send-commands.ts';
import { showCommand } from '../dead-letters/show-command.ts';
import { summaries } from '../summaries.ts';

export const deadLetters = makeCommand({
  name: 'dead-letters',
  summary: summaries['dead-letters'],
  positionals: [],
  options: {},
  notes: consoleNotes,
  subcommands: [
    listCommand,
    showCommand,
    editCommand,
    replayCommand,
    discardCommand,
    reopenCommand,
    exportCommand,
    jobsCommand,
  ],
});
