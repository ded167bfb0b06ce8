/**
 * The program of the scheduled checks, in the image of the worker: `node checks.js audit`. It has the commands that look
 * at a pipeline from outside, and the catalog that was built.
 */
import { UsageError, type Io } from './command.ts';
import { audit } from './commands/audit.ts';
import { probe } from './commands/probe.ts';
import { runOrHelp, runProcess } from './process.ts';

const checks = [audit, probe];

void runProcess(runCheck);

async function runCheck([name, ...argv]: readonly string[], io: Io): Promise<number> {
  const check = checks.find((one) => one.name === name);
  if (!check) throw new UsageError(`the checks are ${checks.map((one) => one.name).join(' and ')}`);
  return runOrHelp(check, argv, io);
}
