/** The kind of value that was found, and the values that are accepted. It never contains the value itself. */
export interface Misfit {
  readonly found: string;
  readonly accepted: string;
}

/** A value that was read, or the reason why not. */
export type Read<T> = { readonly value: T } | { readonly misfit: Misfit };

/** Describes a misfit for the detail of a failure. @param lookalike The pointer of a member that looks like the missing one. */
export function spellMisfit(place: string, { found, accepted }: Misfit, lookalike?: string): string {
  const hint = lookalike === undefined ? '' : `; ${lookalike} looks like it`;
  return `${place}: ${found}; ${accepted} is accepted${hint}`;
}

/** Names the kind of a JSON value. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (value === '') return 'an empty text';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'number') return 'a number';
  return typeof value === 'boolean' ? String(value) : 'an object';
}
