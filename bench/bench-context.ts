import { missingTools, startEmulator, type Emulator, type HostVariable } from '../cli/local/emulators.ts';
import { cleanUp, type Cleanups } from '../cli/local/cleanups.ts';
import type { Env } from '../shared/env.ts';
import { ConfigError } from '../shared/errors.ts';

/** The parts of a command's surroundings that a measurement needs. */
export interface BenchIo {
  readonly env: Env;
  readonly signal: AbortSignal;
  /** Tells what is being measured. A whole run takes many minutes. */
  readonly say: (line: string) => void;
}

/** The resources of a measured scenario. All that it starts ends with the scenario. */
export class BenchContext {
  readonly io: BenchIo;
  /** Called in reverse order at the end of the scenario. */
  readonly cleanups: Cleanups = [];

  constructor(io: BenchIo) {
    this.io = io;
  }

  /**
   * Starts an emulator without data. Each scenario needs its own, because the Firestore emulator becomes slower with
   * the number of documents that it ever held, and does not recover when they are deleted.
   *
   * @returns A running emulator. A scenario may stop it before it starts another one.
   * @throws ConfigError that says what this machine lacks.
   */
  async freshEmulator(name: HostVariable): Promise<Emulator> {
    const problems = missingTools([name], this.io.env);
    if (problems.length > 0) throw new ConfigError(problems);
    const emulator = await startEmulator(name, this.io.env, this.io.signal, 0);
    this.cleanups.push(() => emulator.stop());
    return emulator;
  }

  async end(): Promise<void> {
    await cleanUp(this.cleanups);
  }
}
