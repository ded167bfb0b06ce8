import { LosslessNumber } from 'lossless-json';
import { digest, type Digest } from './digest.ts';
import type { Instant } from './instant.ts';
import type { JsonObject } from './json.ts';

/**
 * Digests what an event says, however it is spelt: order of members and white space do not count, nor does `valid`; the
 * timestamp counts as an instant, and numbers by their text (`1.0` is not `1`). Where that text cannot be told from the value,
 * the whole text is digested: two spellings of such an event are a conflict, not a duplicate, and neither is lost.
 *
 * Stored blocks hold these digests, and a message that is delivered again is known by its own. What this digests is therefore
 * part of the block format, and changes only together with it.
 */
export function contentHash({ text, members, exact }: JsonObject, instant: Instant | undefined): Digest {
  if (exact === 'unreadable') return digest(text);
  const counted = Object.entries(exact ?? members).filter(([name]) => name !== 'valid');
  if (instant) counted.push(['timestamp', instant.exact]);
  return digest(canonicalJson(Object.fromEntries(counted)));
}

/** A piece of output, told apart from a value still to be written. */
class Piece {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Writes JSON with sorted members and no white space. Works on a list of what is still to be written rather than by recursion,
 * since the depth of an event is its producer's choice.
 */
export function canonicalJson(value: unknown): string {
  const out: string[] = [];
  const todo: unknown[] = [value];
  while (todo.length > 0) {
    const next = todo.pop();
    if (next instanceof Piece) out.push(next.text);
    else if (next instanceof LosslessNumber) out.push(next.value);
    else if (Array.isArray(next)) openArray(todo, next);
    else if (typeof next === 'object' && next !== null) openObject(todo, next);
    else out.push(JSON.stringify(next));
  }
  return out.join('');
}

// Last first, since `todo` is taken from its end; a loop, since an array of millions does not fit into one call's arguments.
function openArray(todo: unknown[], items: readonly unknown[]): void {
  todo.push(new Piece(']'));
  for (let i = items.length - 1; i >= 0; i--) todo.push(items[i], new Piece(i === 0 ? '' : ','));
  todo.push(new Piece('['));
}

function openObject(todo: unknown[], object: object): void {
  const members = Object.entries(object).sort(([a], [b]) => (a < b ? 1 : -1));
  todo.push(new Piece('}'));
  members.forEach(([name, item], i) => {
    todo.push(item, new Piece(`${i === members.length - 1 ? '' : ','}${JSON.stringify(name)}:`));
  });
  todo.push(new Piece('{'));
}
