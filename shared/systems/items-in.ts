import type { SystemName } from '../record-kinds.ts';
import { JsonIndex } from '../json-index.ts';
import { SystemTrouble } from './trouble.ts';

/** An item of a list: its JSON as it came, and its members. */
export interface RawItem {
  readonly text: string;
  readonly members: Readonly<Record<string, unknown>>;
}

/** Returns the items in an answer. @throws SystemTrouble if there is no array of objects at the member. */
export function itemsIn(system: SystemName, text: string, member: string): readonly RawItem[] {
  const index = new JsonIndex(text);
  const list = index.find([member]).at(-1);
  if (list === undefined || index.containerAt(list) !== '[') throw unreadableList(system);
  return index.childrenOf(list).map((child) => {
    if (index.containerAt(child) !== '{') throw unreadableList(system);
    const item = index.textOf(child);
    return { text: item, members: JSON.parse(item) as RawItem['members'] };
  });
}

export function unreadableList(system: SystemName): SystemTrouble {
  return new SystemTrouble(system, 'outage', 'the list cannot be read');
}
