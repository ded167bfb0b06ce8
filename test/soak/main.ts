import { runCommand, runProcess } from '../../cli/process.ts';
import { soak } from './soak-command.ts';

await runProcess((argv, io) => runCommand(soak, argv, io));
