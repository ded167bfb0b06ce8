import { runOrHelp, runProcess } from '../../cli/process.ts';
import { simulate } from './simulate.ts';

await runProcess((argv, io) => runOrHelp(simulate, argv, io));
