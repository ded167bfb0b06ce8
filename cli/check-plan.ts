/**
 * The program of `eventmend check-plan` alone: `node cli/check-plan.ts plan.json`, with Node 24. Node runs the sources as they are.
 * Cloud Build uses it, because it needs neither a build nor a package: no code but ours runs as the account of the apply.
 */
import { checkPlan } from './commands/check-plan.ts';
import { runOrHelp, runProcess } from './process.ts';

void runProcess((argv, io) => runOrHelp(checkPlan, argv, io));
