import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '../support/eventually.ts';

/** A command that a user starts at a terminal: a process at the head of a group of its own, to which a Ctrl-C goes. */
export class UserProcess {
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;
  private said = '';

  /** @param cwd The directory that it is started in; that of the tests without. */
  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string) {
    this.child = spawn(command, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = once(this.child, 'close');
    for (const output of [this.child.stdout, this.child.stderr])
      output?.on('data', (data: Buffer) => {
        this.said += String(data);
      });
  }

  /** All that it wrote. */
  get output(): string {
    return this.said;
  }

  /** Waits until it has written something. @returns What was sought. */
  async says(sought: RegExp): Promise<RegExpExecArray> {
    return eventually(`it says ${sought.source}`, () => {
      const found = sought.exec(this.said);
      if (!found && this.child.exitCode !== null)
        throw new Error(`it ended before it said ${sought.source}: ${this.said}`);
      return found ?? undefined;
    });
  }

  /** The process, those that it has started, and those that they have. */
  family(): number[] {
    const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
    const parents = rows.map((row) => row.trim().split(/\s+/).map(Number));
    const family = [this.child.pid!];
    for (const member of family) family.push(...parents.flatMap(([pid, parent]) => (parent === member ? [pid!] : [])));
    return family;
  }

  ctrlC(): void {
    process.kill(-this.child.pid!, 'SIGINT');
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** @returns The code that it ends with. */
  async end(): Promise<number | null> {
    await this.ended;
    return this.child.exitCode;
  }
}
