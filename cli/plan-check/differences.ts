import type { ResourceChange, TerraformPlan } from './plan.ts';

/** A resource with which two plans do different things. */
export interface PlanDifference {
  readonly address: string;
  /** The actions of each plan, such as `update`, and the settings that they would change to different values. */
  readonly because: string;
}

/**
 * Finds the differences between the changes that two plans make, in the order of the addresses.
 *
 * Only what changes is compared: the actions, and the values that settings get. Values that stay as they are can differ
 * without harm, such as the time from which a database can be restored. So can those that a change leaves behind.
 */
export function differencesOf(one: TerraformPlan, other: TerraformPlan): readonly PlanDifference[] {
  const [ones, others] = [changesByAddress(one), changesByAddress(other)];
  const addresses = [...new Set([...ones.keys(), ...others.keys()])].toSorted();
  return addresses.flatMap((address) => {
    const because = differenceOf(ones.get(address) ?? [], others.get(address) ?? []);
    return because === undefined ? [] : [{ address, because }];
  });
}

/** Says how two lists of changes of one resource differ. They have several members if objects of it were left behind. */
function differenceOf(ones: readonly ResourceChange[], others: readonly ResourceChange[]): string | undefined {
  const [actions, otherActions] = [actionsOf(ones), actionsOf(others)];
  if (actions !== otherActions) return `${actions} there, ${otherActions} here`;
  const [values, otherValues] = [ones.map(newValues), others.map(newValues)];
  const names = new Set([...values, ...otherValues].flatMap((settings) => Object.keys(settings)));
  const different = [...names].filter(
    (name) => spell(values.map((settings) => settings[name])) !== spell(otherValues.map((settings) => settings[name])),
  );
  return different.length === 0 ? undefined : `${actions} with other values: ${different.toSorted().join(', ')}`;
}

function actionsOf(changes: readonly ResourceChange[]): string {
  return changes.length === 0 ? 'nothing' : changes.map(({ change }) => change.actions.join(' and ')).join('; ');
}

/** Returns the changes that an apply makes, by the address of the resource. */
function changesByAddress({
  resource_changes: changes,
}: TerraformPlan): ReadonlyMap<string, readonly ResourceChange[]> {
  const byAddress = new Map<string, readonly ResourceChange[]>();
  for (const change of changes.filter(isMade))
    byAddress.set(change.address, [...(byAddress.get(change.address) ?? []), change]);
  return byAddress;
}

function isMade({ change: { actions } }: ResourceChange): boolean {
  return !['no-op', 'read'].includes(actions.join());
}

/** Returns the settings that a change gives another value, by name: the value, and whether it is known before the apply. */
function newValues({ change }: ResourceChange): Readonly<Record<string, unknown>> {
  const { before, after, after_unknown: unknown } = change;
  if (after === null) return {};
  const names = new Set([before, after, unknown].flatMap((values) => Object.keys(values ?? {})));
  const changed = [...names].filter(
    (name) => spell(before?.[name]) !== spell(after[name]) || spell(unknown[name]).includes('true'),
  );
  return Object.fromEntries(changed.map((name) => [name, [after[name], unknown[name]]]));
}

/** Spells a value as JSON, with the members of objects in the order of their names. An absent value counts as null. */
function spell(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spell).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${spell(member)}`).join()}}`;
}
