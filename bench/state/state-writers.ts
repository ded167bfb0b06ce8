/** The program of a process with some of the writers of scenario `state`. */
import { env } from 'node:process';
import { readConnection } from '../../shared/config.ts';
import { openDatabase } from '../../shared/gcp/database.ts';
import { doTasks } from '../processes/worker.ts';
import { runState, type StateReport, type StateTask } from './state-run.ts';

/** Long time-outs: everything runs on one machine. In milliseconds. */
const firestoreTimeoutMs = 120_000;
const databases: ReturnType<typeof openDatabase>[] = [];

doTasks((given): Promise<StateReport> => {
  const task = given as StateTask;
  const connection = { ...readConnection(env), firestoreTimeoutMs };
  while (databases.length < task.own.length) databases.push(openDatabase(connection));
  return runState(task, databases);
});
