import type { Command } from './command.ts';

/** The commands by name. Each is loaded only when it is called. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.ts')).start,
  clean: async () => (await import('./clean.ts')).clean,
  dev: async () => (await import('./dev.ts')).dev,
  publish: async () => (await import('./publish.ts')).publish,
  gaps: async () => (await import('./gaps.ts')).gaps,
  trace: async () => (await import('./trace.ts')).trace,
  audit: async () => (await import('./audit.ts')).audit,
  respond: async () => (await import('./respond.ts')).respond,
  evaluate: async () => (await import('./evaluate.ts')).evaluate,
  probe: async () => (await import('./probe.ts')).probe,
  simulate: async () => (await import('./simulate.ts')).simulate,
  soak: async () => (await import('./soak.ts')).soak,
};
