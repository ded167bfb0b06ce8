import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { Env } from '../../shared/config.ts';
import { ConfigError } from '../../shared/errors.ts';
import { freePort, localAddress } from './port.ts';

/** Google's emulators, as gcloud starts them, and the variable by which the client libraries find each. */
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

/** How long an emulator may take to start, in milliseconds: five seconds on an idle machine. One that ends is not waited for. */
const longestStartMs = 240_000;
/** For how long an emulator that somebody else has started is asked, in milliseconds. */
const longestSearchMs = 3_000;
/** How long one answer may take, in milliseconds. Where nothing listens, the answer comes at once. */
const longestAnswerMs = 30_000;

/** An emulator that runs, be it ours or another's. */
export interface Emulator {
  readonly host: string;
  /** Whether it was started here, and ends with us. */
  readonly isOurs: boolean;
  /** Resolves when one that was started here ends by itself, with the end of what it said. */
  readonly ended: Promise<string>;
  /** Ends it, if it was started here: gcloud and its Java both. */
  stop(): Promise<void>;
}

/** Makes sure that an emulator answers where the environment says, or starts one. @throws ConfigError that says what to do. */
export async function provideEmulator(name: HostVariable, env: Env, signal: AbortSignal): Promise<Emulator> {
  const given = env[name];
  if (given === undefined) return startEmulator(name, env, signal);
  if (!(await answersWithin(longestSearchMs, given, signal)))
    throw new ConfigError([`${name} is ${given}, where no emulator answers: unset it, and one is started`]);
  return { host: given, isOurs: false, ended: new Promise(() => undefined), stop: () => Promise.resolve() };
}

/** What is missing of what the emulators need, with what to do about it. */
export function missingTools(names: readonly HostVariable[], env: Env): readonly string[] {
  const gcloud = inPath('gcloud', env);
  const platform = gcloud === undefined ? '' : join(dirname(dirname(realpathSync(gcloud))), 'platform');
  const components = names
    .map((name) => emulators[name].component)
    .filter((component) => existsSync(platform) && !existsSync(join(platform, component)));
  const hosts = 'or name emulators that run in PUBSUB_EMULATOR_HOST and FIRESTORE_EMULATOR_HOST';
  return [
    ...(gcloud === undefined
      ? [
          `gcloud is not in the PATH: install the Google Cloud CLI (https://cloud.google.com/sdk/docs/install), ${hosts}`,
        ]
      : []),
    ...(inPath('java', env) === undefined ? [`java is not in the PATH: install a Java runtime, ${hosts}`] : []),
    ...(components.length > 0
      ? [`gcloud has no ${components.join(' and no ')}: gcloud components install beta ${components.join(' ')}`]
      : []),
  ];
}

/**
 * Starts an emulator.
 *
 * @param preferredPort The one that the emulator is known by, if it is free; 0 for any.
 * @throws ConfigError if it does not answer in time, with the end of what it said.
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
    const started = await answersWithin(longestStartMs, host, signal, () => isRunning(child));
    if (!started || !isRunning(child))
      throw new ConfigError([`the emulator for ${name} did not start at ${host}: ${said.text}`]);
    return { host, isOurs: true, ended: exited.then(() => said.text), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Runs gcloud behind a shell that ends it when its own input ends: so nothing is left behind, however this process ends. The
 * shell is detached: it must outlive a Ctrl-C, which ends everything else at a terminal. gcloud makes itself the head of a process
 * group, in which it starts Java as a process of its own: the whole group is ended.
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

/** Waits until an emulator answers: both say `Ok` to whoever asks over HTTP. @returns Whether it does. */
async function answersWithin(
  longestMs: number,
  host: string,
  signal: AbortSignal,
  isWorthWaiting = (): boolean => true,
): Promise<boolean> {
  const giveUpAtMs = performance.now() + longestMs;
  while (isWorthWaiting() && performance.now() < giveUpAtMs) {
    if (await answers(host, signal)) return true;
    await setTimeout(100, undefined, { signal });
  }
  return false;
}

async function answers(host: string, ending: AbortSignal): Promise<boolean> {
  try {
    const signal = AbortSignal.any([ending, AbortSignal.timeout(longestAnswerMs)]);
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

/** The end of what a process said: what went wrong stands there. */
class Tail {
  private said = '';

  add(more: string): void {
    this.said = (this.said + more).slice(-2_000);
  }

  get text(): string {
    return this.said.trim();
  }
}
