import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { Env } from '../../shared/env.ts';
import { ConfigError } from '../../shared/errors.ts';
import { freePort, localAddress } from './port.ts';

/** Google's emulators: how gcloud starts each of them, by the variable that tells client libraries its address. */
const emulators = {
  PUBSUB_EMULATOR_HOST: {
    component: 'pubsub-emulator',
    args: ['beta', 'emulators', 'pubsub', 'start', '--project=eventmend-local'],
    port: 8085,
  },
  FIRESTORE_EMULATOR_HOST: {
    component: 'cloud-firestore-emulator',
    args: ['emulators', 'firestore', 'start'],
    port: 8086,
  },
} as const;

export type HostVariable = keyof typeof emulators;
export type Hosts = Readonly<Record<HostVariable, string>>;

export const hostVariables = Object.keys(emulators) as readonly HostVariable[];

/**
 * The longest time that an emulator may take to start, in milliseconds. On an idle machine it takes five seconds. The
 * wait ends early if the emulator exits.
 */
const maxStartMs = 240_000;
/** How long to wait for an answer of an emulator that somebody else has started, in milliseconds. */
const maxWaitMs = 3_000;
/** The timeout of one request, in milliseconds. If nothing listens, the request fails at once. */
const requestTimeoutMs = 30_000;

/** A running emulator. It was started here or by somebody else. */
export interface Emulator {
  readonly host: string;
  /** Whether it was started here. If so, it ends with this process. */
  readonly isOurs: boolean;
  /** Resolves with the end of its output when an emulator that was started here ends by itself. */
  readonly ended: Promise<string>;
  /** Ends an emulator that was started here, both gcloud and its Java process. */
  stop(): Promise<void>;
}

/** Checks that the emulator that the environment names answers, or starts one. @throws ConfigError that says what to do. */
export async function provideEmulator(name: HostVariable, env: Env, signal: AbortSignal): Promise<Emulator> {
  const given = env[name];
  if (given === undefined) return startEmulator(name, env, signal);
  if (!(await answersWithin(maxWaitMs, given, signal)))
    throw new ConfigError([
      `${name} is ${given}, but no emulator answers there: start one there, or unset ${name} to have one started`,
    ]);
  return { host: given, isOurs: false, ended: new Promise(() => undefined), stop: () => Promise.resolve() };
}

/** Lists what the emulators need and this machine lacks, each with the next step. */
export function missingTools(names: readonly HostVariable[], env: Env): readonly string[] {
  const gcloud = inPath('gcloud', env);
  const platform = gcloud === undefined ? '' : join(dirname(dirname(realpathSync(gcloud))), 'platform');
  const components = names
    .map((name) => emulators[name].component)
    .filter((component) => existsSync(platform) && !existsSync(join(platform, component)));
  const hosts = 'or set PUBSUB_EMULATOR_HOST and FIRESTORE_EMULATOR_HOST to emulators that run';
  return [
    ...(gcloud === undefined
      ? [
          `gcloud is not in the PATH: install the Google Cloud CLI (https://cloud.google.com/sdk/docs/install), ${hosts}`,
        ]
      : []),
    ...(inPath('java', env) === undefined ? [`java is not in the PATH: install a Java runtime, ${hosts}`] : []),
    ...(components.length > 0
      ? [`gcloud has no ${components.join(' and no ')}: run gcloud components install beta ${components.join(' ')}`]
      : []),
  ];
}

/**
 * Starts an emulator.
 *
 * @param preferredPort The port to use if it is free. 0 for any free port.
 * @throws ConfigError with the end of its output if it does not answer in time.
 */
export async function startEmulator(
  name: HostVariable,
  env: Env,
  signal: AbortSignal,
  preferredPort: number = emulators[name].port,
): Promise<Emulator> {
  const { args } = emulators[name];
  const host = `${localAddress}:${await freePort(preferredPort)}`;
  const child = runGcloud([...args, `--host-port=${host}`], env);
  const said = new Tail();
  for (const output of [child.stdout, child.stderr])
    output?.on('data', (data: Buffer) => {
      said.add(String(data));
    });
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.stdin?.end();
    await exited;
  };
  try {
    const started = await answersWithin(maxStartMs, host, signal, () => isRunning(child));
    if (!started || !isRunning(child))
      throw new ConfigError([`the emulator for ${name} did not start at ${host}: ${said.text}`]);
    return { host, isOurs: true, ended: exited.then(() => said.text), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Runs gcloud under a shell that ends gcloud when the shell's own input ends. So no process is left behind, however
 * this process ends. The shell is detached, because it must outlive a Ctrl-C, which ends everything else at a terminal.
 * gcloud makes itself the leader of a process group and starts Java in it, so the shell ends the whole group.
 */
function runGcloud(args: readonly string[], env: Env): ChildProcess {
  const script = `
    exec 3<&0
    gcloud "$@" & gcloud=$!
    (cat <&3 > /dev/null; kill -s TERM -- "-$gcloud" || kill "$gcloud") 2> /dev/null &
    wait "$gcloud"
    for try in 1 2 3 4 5 6 7 8 9; do kill -s 0 -- "-$gcloud" 2> /dev/null || exit 0; sleep 0.5; done
    kill -s KILL -- "-$gcloud"`;
  const quiet = {
    CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: 'true',
    CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: 'true',
  };
  return spawn('sh', ['-c', script, 'sh', ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...env, ...quiet },
  });
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** Waits until an emulator answers an HTTP request: both emulators answer `Ok`. @returns Whether it answered in time. */
async function answersWithin(
  timeoutMs: number,
  host: string,
  signal: AbortSignal,
  mayStillAnswer = (): boolean => true,
): Promise<boolean> {
  const giveUpAtMs = performance.now() + timeoutMs;
  while (mayStillAnswer() && performance.now() < giveUpAtMs) {
    if (await answers(host, signal)) return true;
    await setTimeout(100, undefined, { signal });
  }
  return false;
}

async function answers(host: string, ending: AbortSignal): Promise<boolean> {
  try {
    const signal = AbortSignal.any([ending, AbortSignal.timeout(requestTimeoutMs)]);
    return (await fetch(`http://${host}/`, { signal })).ok;
  } catch {
    return false;
  }
}

function inPath(name: string, env: Env): string | undefined {
  return (env.PATH ?? '')
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path));
}

/** The end of a process's output, where the reason of a failure usually is. */
class Tail {
  private said = '';

  add(more: string): void {
    this.said = (this.said + more).slice(-2_000);
  }

  get text(): string {
    return this.said.trim();
  }
}
