import { isAlive } from '../support/eventually.ts';
import { UserProcess } from '../e2e/user-process.ts';

const { PATH, HOME, PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST } = process.env;
const env = { PATH, HOME, PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST };

// The soak ends when no message is under way. That takes a slow machine minutes.
jest.setTimeout(900_000);

it('keeps the books balanced while its functions are killed, and leaves no process behind', async () => {
  const soak = new UserProcess(
    'node',
    ['dist/soak/main.js', '--minutes', '0.2', '--kill-every', '1', '--rate', '20'],
    env,
  );
  await soak.says(/[1-9]\d* kills/);
  const family = soak.family();
  expect(family.length).toBeGreaterThan(8);
  expect([await soak.end(), soak.output]).toEqual([
    0,
    expect.stringMatching(/(\d+) of \1 laws held\n\nthe books balance\n$/),
  ]);
  expect(family.filter(isAlive)).toEqual([]);
});
