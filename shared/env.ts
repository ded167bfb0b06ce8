/** The environment variables. The entry point of each process passes its own. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Returns the variables of an environment that are set. An empty variable counts as not set. */
export function settingsIn(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
}
