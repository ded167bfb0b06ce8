import { runOrHelp, runProcess } from '../../cli/process.ts';
import { soak } from './soak-command.ts';

await runProcess((argv, io) => runOrHelp(soak, argv, io));
