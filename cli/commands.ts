import type { Command } from './command.ts';

/** The commands by name. Each is loaded only when it is called. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.ts')).start,
  clean: async () => (await import('./commands/clean.ts')).clean,
  init: async () => (await import('./commands/init.ts')).init,
  dev: async () => (await import('./commands/dev.ts')).dev,
  systems: async () => (await import('./commands/systems.ts')).systemsCommand,
  publish: async () => (await import('./commands/publish.ts')).publish,
  status: async () => (await import('./commands/status.ts')).status,
  'dead-letters': async () => (await import('./commands/dead-letters.ts')).deadLetters,
  gaps: async () => (await import('./commands/gaps.ts')).gaps,
  streams: async () => (await import('./commands/streams.ts')).streamsCommand,
  trace: async () => (await import('./commands/trace.ts')).trace,
  audit: async () => (await import('./commands/audit.ts')).audit,
  forget: async () => (await import('./commands/forget.ts')).forgetCommand,
  respond: async () => (await import('./commands/respond.ts')).respond,
  evaluate: async () => (await import('./commands/evaluate.ts')).evaluate,
  'check-plan': async () => (await import('./commands/check-plan.ts')).checkPlan,
  probe: async () => (await import('./commands/probe.ts')).probe,
};
