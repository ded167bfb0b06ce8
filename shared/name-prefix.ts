/**
 * Removes the prefix of a deployment from the name of a topic or a subscription, alone or as the last part of a path:
 * `projects/p/topics/staging-events` becomes `projects/p/topics/events`. A name without the prefix stays as it is.
 */
export function withoutNamePrefix(name: string, prefix: string): string {
  const start = name.lastIndexOf('/') + 1;
  return name.startsWith(prefix, start) ? name.slice(0, start) + name.slice(start + prefix.length) : name;
}
