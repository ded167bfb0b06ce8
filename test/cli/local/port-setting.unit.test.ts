import { Readable, Writable } from 'node:stream';
import { makeCommand, UsageError, type Io } from '../../../cli/command.ts';
import { portOf } from '../../../cli/local/port-setting.ts';

/** The port that a command finds in an environment. */
async function portIn(env: Io['env']): Promise<number> {
  let port = Number.NaN;
  const command = makeCommand({
    name: 'show',
    summary: '',
    positionals: [],
    options: {},
    notes: [],
    run: (_, io) => {
      port = portOf(io);
      return Promise.resolve(0);
    },
  });
  const [stdout, stderr] = [new Writable(), new Writable()];
  await command.run([], { stdin: Readable.from([]), stdout, stderr, env, signal: AbortSignal.abort() });
  return port;
}

test.each([
  [{}, 8_080],
  [{ PORT: '' }, 8_080],
  [{ PORT: '0' }, 0],
  [{ PORT: '65535' }, 65_535],
])('of %j the console listens at port %d', async (env, port) => {
  expect(await portIn(env)).toBe(port);
});

test.each(['65536', '-1', '0x50', '8080.0', ' ', 'http'])('PORT=%j is refused, and named', async (PORT) => {
  await expect(portIn({ PORT })).rejects.toThrow(UsageError);
  await expect(portIn({ PORT })).rejects.toThrow(`PORT is "${PORT}"; it must be a whole number from 0 to 65535`);
});
