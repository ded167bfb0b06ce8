/** The attribute of an element whose content belongs to the script, such as an editor. */
const keptAttribute = 'data-keep';

/**
 * Makes a node equal to another one by changing as little as possible, so that scroll position, selection and focus
 * stay. Children are matched by their `id`, and otherwise by their position.
 */
export function align(old: Node, next: Node): void {
  if (old.isEqualNode(next)) return;
  if (old.nodeName !== next.nodeName) {
    old.parentNode?.replaceChild(next, old);
    return;
  }
  if (!(old instanceof Element) || !(next instanceof Element)) {
    old.nodeValue = next.nodeValue;
    return;
  }
  if (old.hasAttribute(keptAttribute)) return;
  alignAttributes(old, next);
  alignChildren(old, next);
}

/** Whether the reader decides about an attribute: whether a part is folded. */
function isReaders(element: Element, name: string): boolean {
  return name === 'open' && (element instanceof HTMLDetailsElement || element instanceof HTMLDialogElement);
}

function alignAttributes(old: Element, next: Element): void {
  for (const { name } of [...old.attributes])
    if (!next.hasAttribute(name) && !isReaders(old, name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes)
    if (old.getAttribute(name) !== value && !isReaders(old, name)) old.setAttribute(name, value);
}

function alignChildren(old: Element, next: Element): void {
  const byId = new Map<string | undefined, Element>([...old.children].map((child) => [idOf(child), child]));
  const wanted = [...next.childNodes];
  for (const [at, child] of wanted.entries()) {
    const here = old.childNodes[at] ?? null;
    const known = knownFor(child, here, byId);
    if (!known) {
      old.insertBefore(child, here);
      continue;
    }
    if (known !== here) old.insertBefore(known, here);
    align(known, child);
  }
  while (old.childNodes.length > wanted.length) old.lastChild?.remove();
}

function knownFor(
  child: Node,
  here: ChildNode | null,
  byId: ReadonlyMap<string | undefined, Element>,
): ChildNode | undefined {
  const id = idOf(child);
  if (id !== undefined) return byId.get(id);
  return here && idOf(here) === undefined ? here : undefined;
}

/** Returns the id of an element. The member `id` of a form is its field of that name, if it has one. */
function idOf(node: Node): string | undefined {
  return node instanceof Element ? (node.getAttribute('id') ?? undefined) : undefined;
}
