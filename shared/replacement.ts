/** A value that is written in place of another, or left out. */
export interface Replacement {
  /** The names of the members, and the indexes of elements, on the way to the value. */
  readonly path: readonly string[];
  /** Canonical JSON. Undefined for a value that is left out. */
  readonly text: string | undefined;
}

/** The replacements below a value. */
export interface Branch {
  /** Whether the value itself is replaced. */
  isLeaf: boolean;
  text: string | undefined;
  /** Undefined if there are none below. */
  inside: Map<string, Branch> | undefined;
}

/** Arranges replacements as a tree. Of several with one path, one that leaves the value out counts. */
export function treeOf(replacements: readonly Replacement[]): Branch {
  const root = newBranch();
  for (const { path, text } of replacements) {
    let branch = root;
    for (const name of path) {
      branch.inside ??= new Map<string, Branch>();
      const next = branch.inside.get(name) ?? newBranch();
      branch.inside.set(name, next);
      branch = next;
    }
    branch.text = branch.isLeaf && branch.text === undefined ? undefined : text;
    branch.isLeaf = true;
  }
  return root;
}

function newBranch(): Branch {
  return { isLeaf: false, text: undefined, inside: undefined };
}
