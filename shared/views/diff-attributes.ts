import type { Attributes } from '../messages/message.ts';

/** An attribute that differs. */
export interface AttributeChange {
  readonly name: string;
  /** Undefined if the attribute was added. */
  readonly before: string | undefined;
  /** Undefined if the attribute was dropped. */
  readonly after: string | undefined;
}

/** Lists the attributes that differ. */
export function diffAttributes(before: Attributes, after: Attributes): readonly AttributeChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((name) => ({ name, before: before[name], after: after[name] }))
    .filter((change) => change.before !== change.after);
}
