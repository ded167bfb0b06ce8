import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';

/** The resources that a program used from its start to its end. */
export interface Usage {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly maxBytes: number;
  /** Its standard output. */
  readonly output: string;
}

/** Runs a program of this package to its end. @throws Error if it fails. */
export async function runProgram(script: string, args: readonly string[], signal: AbortSignal): Promise<Usage> {
  const preload = new URL('report-usage.js', import.meta.url).href;
  const startedAtMs = performance.now();
  const child = spawn(process.execPath, ['--import', preload, script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    signal,
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const reports = [text(child.stdout as unknown as Readable), text(child.stdio[3] as unknown as Readable)] as const;
  const [output, used] = await Promise.all(reports);
  const [code] = await ended;
  if (code !== 0) throw new Error(`${script} ended with ${code ?? 'a signal'}`);
  const wallMs = performance.now() - startedAtMs;
  const { cpuMicros, maxKilobytes } = JSON.parse(used) as { readonly cpuMicros: number; readonly maxKilobytes: number };
  return { wallMs, cpuMs: cpuMicros / 1_000, maxBytes: maxKilobytes * 1_024, output };
}

/** Runs another program to its end. Its CPU time is not known. @returns Its time in milliseconds. @throws Error if it fails. */
export async function timeProgram(program: string, args: readonly string[], signal: AbortSignal): Promise<number> {
  const startedAtMs = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'], signal });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with ${code ?? 'a signal'}`);
  return performance.now() - startedAtMs;
}
