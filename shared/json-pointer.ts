/*
 * JSON Pointers (RFC 6901): `/data/a~1b` names the member `a/b` of the member `data`. The empty pointer names the whole.
 */

/** Returns the names of the members on the way to a pointer's value. The whole has none. */
export function pathOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Returns the pointer to a member of the value at a pointer. */
export function pointerInto(pointer: string, name: string): string {
  return `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
