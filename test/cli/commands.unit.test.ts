import { readdirSync } from 'node:fs';
import { commands } from '../../cli/commands.ts';

test('every file of cli/commands/ is a command, and the reverse', () => {
  const files = readdirSync('cli/commands').map((name) => name.replace(/\.ts$/, ''));
  expect(Object.keys(commands).toSorted()).toEqual(files.toSorted());
});

test.each(Object.entries(commands))('%s is called as its help says', async (name, load) => {
  expect((await load()).name).toBe(name);
});
