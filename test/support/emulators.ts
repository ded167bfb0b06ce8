import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Connection } from '../../shared/config.ts';

/** Google's emulators, as gcloud starts them, and the variable by which the client libraries find each. */
const emulators = {
  PUBSUB_EMULATOR_HOST: ['beta', 'emulators', 'pubsub', 'start', '--project=eventmend-local'],
  FIRESTORE_EMULATOR_HOST: ['emulators', 'firestore', 'start'],
} as const;

type HostVariable = keyof typeof emulators;

/** How long an emulator may take until it answers, in milliseconds: some five seconds on an idle machine. */
const startMs = 90_000;

/** What was started, and how to end it. */
export interface RunningEmulators {
  stop(): Promise<void>;
}

/**
 * Starts the emulators that the environment does not name, and names them there: what is started later finds them.
 *
 * @throws If one does not answer in time, with the end of what it said.
 */
export async function startEmulators(env: NodeJS.ProcessEnv): Promise<RunningEmulators> {
  const missing = (Object.keys(emulators) as HostVariable[]).filter((name) => env[name] === undefined);
  const started: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(end));
  };
  try {
    await Promise.all(
      missing.map(async (name) => {
        const host = `127.0.0.1:${await freePort()}`;
        const emulator = run([...emulators[name], `--host-port=${host}`]);
        started.push(emulator);
        await answers(host, emulator);
        env[name] = host;
      }),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

/** A connection to the emulators in a project that no other test file has. */
export function emulatedConnection(): Connection {
  return {
    projectId: `test-${randomUUID()}`,
    databaseId: '(default)',
    usesEmulator: true,
    firestoreTimeoutMs: 20_000,
    publishTimeoutMs: 20_000,
  };
}

/**
 * Runs gcloud behind a shell that ends it when its own input ends: so nothing is left behind, however this process ends (the
 * shell is detached, or what ends this process would end the shell too). gcloud makes itself the head of a process group, in
 * which it starts Java as a process of its own: the whole group is ended.
 */
function run(args: readonly string[]): ChildProcess {
  const script = `
    exec 3<&0
    gcloud "$@" & gcloud=$!
    (cat <&3 > /dev/null; kill -s TERM -- "-$gcloud" || kill "$gcloud") 2> /dev/null &
    wait "$gcloud"
    for try in 1 2 3 4 5 6 7 8 9; do kill -s 0 -- "-$gcloud" 2> /dev/null || exit 0; sleep 0.5; done
    kill -s KILL -- "-$gcloud"`;
  return spawn('sh', ['-c', script, 'sh', ...args], { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
}

async function end(emulator: ChildProcess): Promise<void> {
  if (emulator.exitCode !== null || emulator.signalCode !== null) return;
  const ended = once(emulator, 'exit');
  emulator.stdin?.end();
  await ended;
}

/** Waits until the emulator answers: both say `Ok` to whoever asks over HTTP. */
async function answers(host: string, emulator: ChildProcess): Promise<void> {
  const said: string[] = [];
  for (const output of [emulator.stdout, emulator.stderr])
    output?.on('data', (data: Buffer) => said.push(String(data)));
  const giveUpAtMs = Date.now() + startMs;
  while (!(await isUp(host))) {
    const hasEnded = emulator.exitCode !== null || emulator.signalCode !== null;
    if (hasEnded || Date.now() > giveUpAtMs)
      throw new Error(`the emulator did not start: ${said.join('').slice(-2_000)}`);
    await setTimeout(100);
  }
}

async function isUp(host: string): Promise<boolean> {
  try {
    return (await fetch(`http://${host}/`)).ok;
  } catch {
    return false;
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
