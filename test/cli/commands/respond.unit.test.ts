import { respond } from '../../../cli/commands/respond.ts';
import { UsageError } from '../../../cli/command.ts';
import { Directory, runCommand } from '../../support/command-run.ts';

const directory = new Directory();
/** An address at which nobody answers: what is refused is refused before anyone is asked. */
const env = { PUBSUB_EMULATOR_HOST: '127.0.0.1:1' };

test.each([
  ['no file', []],
  ['two files', ['a', 'b']],
  ['standard input, which cannot be read again', ['-']],
  ['a stream that cannot be', ['package.json', '--stream', '.x']],
  ['a word that is neither on nor off', ['package.json', '--void', 'maybe']],
  ['no time', ['package.json', '--for', '0']],
  ['a time that is no number', ['package.json', '--for', 'soon']],
  ['a time beyond what a timer holds', ['package.json', '--for', '9999999']],
])('it refuses %s', async (_, argv) => {
  await expect(runCommand(respond, argv, [], env)).rejects.toThrow(UsageError);
});

test('it refuses to guess where to publish', async () => {
  await expect(runCommand(respond, ['package.json'])).rejects.toThrow(/no project to connect to/);
});

test('it calls nothing void from a file in which an event’s id cannot be read: it may be the one that is missing', async () => {
  const file = await directory.write('events', '{"event_id":1}\n{"event_id":\n{"event_id":3}\n');
  const { code, stderr } = await runCommand(respond, [file, '--void', 'on'], [], env);
  expect(code).toBe(1);
  expect(stderr).toBe(
    'eventmend: the file has 1 event without a readable event_id, the first on line 2: with --void on, their ids would be declared void\n',
  );
});
