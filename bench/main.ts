import { runOrHelp, runProcess } from '../cli/process.ts';
import { bench } from './bench-command.ts';

await runProcess((argv, io) => runOrHelp(bench, argv, io));
