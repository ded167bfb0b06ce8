import { runCommand, runProcess } from '../../cli/process.ts';
import { simulate } from './simulate.ts';

await runProcess((argv, io) => runCommand(simulate, argv, io));
