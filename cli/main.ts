#!/usr/bin/env node
import { UsageError } from './command.ts';
import { commands } from './commands.ts';
import { runOrHelp, runProcess } from './process.ts';

await runProcess(async ([name, ...argv], io) => {
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    io.stdout.write(await overview());
    return 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) throw new UsageError(`there is no command ${name}; eventmend help lists the commands`);
  return runOrHelp(await load(), argv, io);
});

async function overview(): Promise<string> {
  const loaded = await Promise.all(Object.values(commands).map((load) => load()));
  const width = Math.max(...loaded.map(({ name }) => name.length));
  const lines = loaded.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return ['eventmend COMMAND [--help]', '', ...lines, ''].join('\n');
}
