import type { ResourceChange } from './plan.ts';

type Values = Readonly<Record<string, unknown>>;

/** The rules by which a service deletes what a resource holds. A rule is its conditions: what it deletes meets all of them. */
interface DeletionRules {
  readonly setting: string;
  readonly rulesOf: (values: Values) => readonly Values[];
}

const deletionRules: Readonly<Record<string, DeletionRules>> = {
  google_storage_bucket: {
    setting: 'lifecycle_rule',
    rulesOf: (values) =>
      listOf(values.lifecycle_rule)
        .filter((rule) => listOf(rule.action)[0]?.type === 'Delete')
        .map((rule) => sentConditions(listOf(rule.condition)[0] ?? {})),
  },
  google_artifact_registry_repository: {
    setting: 'cleanup_policies',
    // A dry run deletes nothing.
    rulesOf: (values) =>
      values.cleanup_policy_dry_run === true
        ? []
        : listOf(values.cleanup_policies)
            .filter(({ action }) => action === 'DELETE')
            .map((policy) => limits(Object.entries(listOf(policy.condition)[0] ?? {}))),
  },
};

/** The conditions of which a larger value deletes less. Those of the bucket are numbers, for which 0 stands if they are not set. */
const counts = ['age', 'num_newer_versions', 'days_since_noncurrent_time', 'days_since_custom_time'];
const grows = new Set([...counts, 'older_than']);

/**
 * Names each rule with which a changed resource deletes what none of its rules deleted before. Rules that are known only after
 * the apply count as such.
 */
export function newDeletions({ type, change }: Pick<ResourceChange, 'type' | 'change'>): readonly string[] {
  const rules = deletionRules[type];
  if (rules === undefined) return [];
  const { setting, rulesOf } = rules;
  if (JSON.stringify(change.after_unknown[setting] ?? null).includes('true'))
    return [`${setting} is known only after the apply`];
  const before = rulesOf(change.before ?? {});
  const added = rulesOf(change.after ?? {}).filter((rule) => !before.some((old) => deletesAll(old, rule)));
  const old = before.length === 0 ? 'nothing' : before.map(spellRule).join(' and ');
  return added.map((rule) => `${setting} deletes ${spellRule(rule)}, and deleted ${old} before`);
}

/** Whether a rule deletes all that another one deletes: each of its conditions follows from one of the other. */
function deletesAll(rule: Values, other: Values): boolean {
  return Object.entries(rule).every(
    ([name, value]) =>
      JSON.stringify(other[name]) === JSON.stringify(value) ||
      (grows.has(name) && quantity(other[name]) >= quantity(value)),
  );
}

/** Reads `7` or `604800s`. NaN is of no known form. */
function quantity(value: unknown): number {
  return Number(typeof value === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(value)?.[1] : value);
}

/** Returns the conditions of a lifecycle rule that the provider sends. It sends a number of 0 only if it is told to. */
function sentConditions(condition: Values): Values {
  const sent = counts.map((name) => [name, Number(condition[name] ?? 0)] as const);
  const others = Object.entries(condition).filter(([name]) => !counts.includes(name) && !name.startsWith('send_'));
  return limits([
    ...sent.filter(([name, value]) => value > 0 || condition[`send_${name}_if_zero`] === true),
    ...others,
  ]);
}

const unlimited = ['null', '""', '[]', 'false', '"ANY"'];

/** Leaves out the conditions that everything meets. */
function limits(conditions: readonly (readonly [string, unknown])[]): Values {
  return Object.fromEntries(conditions.filter(([, value]) => !unlimited.includes(JSON.stringify(value ?? null))));
}

function spellRule(rule: Values): string {
  const conditions = Object.entries(rule).map(([name, value]) => `${name} ${[value].flat().join(' or ')}`);
  return conditions.length === 0 ? 'everything' : `what has ${conditions.join(', ')}`;
}

function listOf(value: unknown): readonly Values[] {
  return Array.isArray(value) ? (value as readonly Values[]) : [];
}
