/** The program of a process with some of the writers of scenario `state`. */
import { env } from 'node:process';
import { Firestore } from '@google-cloud/firestore';
import { readConnection, type Connection } from '../../shared/config.ts';
import { openDatabase } from '../../shared/gcp/database.ts';
import { doTasks } from '../processes/worker.ts';
import { runState, type StateReport, type StateTask } from './state-run.ts';
import type { BenchDatabase } from './state-side.ts';

/** Long time-outs: everything runs on one machine. In milliseconds. */
const firestoreTimeoutMs = 120_000;
const databases: BenchDatabase[] = [];

doTasks((given): Promise<StateReport> => {
  const task = given as StateTask;
  const connection = { ...readConnection(env), firestoreTimeoutMs };
  while (databases.length < task.own.length) databases.push(openBoth(connection));
  return runState(task, databases);
});

function openBoth(connection: Connection): BenchDatabase {
  const { projectId, databaseIds } = connection;
  return {
    state: openDatabase(connection, 'state'),
    firestore: new Firestore({ projectId, databaseId: databaseIds.state }),
  };
}
