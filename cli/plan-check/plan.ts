/** A change of one resource. Members are named as in the output of `terraform show -json`. */
export interface ResourceChange {
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Values | null;
    readonly after: Values | null;
    /** `true` in the place of each value that is known only after the apply. */
    readonly after_unknown: Values;
    readonly replace_paths: readonly (readonly unknown[])[];
  };
}

type Values = Readonly<Record<string, unknown>>;

/**
 * The part of a saved plan that says what becomes of resources
 * (https://developer.hashicorp.com/terraform/internals/json-format#plan-representation).
 */
export interface TerraformPlan {
  /** Whether the run failed that made the plan. */
  readonly errored: boolean;
  readonly resource_changes: readonly ResourceChange[];
}

class NotAPlan extends Error {}

/**
 * Reads a plan from parsed JSON, without any package: Cloud Build runs this check as an account that may change everything.
 *
 * @returns The plan, or what is wrong with it.
 */
export function parsePlan(json: unknown): { readonly plan: TerraformPlan } | { readonly problem: string } {
  try {
    const { format_version: format, errored = false, resource_changes: changes = [] } = objectAt('the plan', json);
    if (!stringAt('format_version', format).startsWith('1.'))
      throw new NotAPlan('format_version is a format that this release does not know');
    // A plan of a new project has no resource_changes if it changes nothing.
    const resources = listAt('resource_changes', changes).map(changeAt);
    return { plan: { errored: errored !== false, resource_changes: resources } };
  } catch (error) {
    if (error instanceof NotAPlan) return { problem: error.message };
    throw error;
  }
}

function changeAt(given: unknown, index: number): ResourceChange {
  const path = `resource_changes.${index}`;
  const { address, mode, type, change } = objectAt(path, given);
  const { actions, before, after, after_unknown, replace_paths } = objectAt(`${path}.change`, change);
  return {
    address: stringAt(`${path}.address`, address),
    mode: stringAt(`${path}.mode`, mode),
    type: stringAt(`${path}.type`, type),
    change: {
      actions: listAt(`${path}.change.actions`, actions).map((action) => stringAt(`${path}.change.actions`, action)),
      before: valuesAt(`${path}.change.before`, before),
      after: valuesAt(`${path}.change.after`, after),
      // `false` of a resource that is deleted.
      after_unknown:
        typeof after_unknown === 'object' ? (valuesAt(`${path}.change.after_unknown`, after_unknown) ?? {}) : {},
      replace_paths: listAt(`${path}.change.replace_paths`, replace_paths ?? []).map((step) =>
        listAt(`${path}.change.replace_paths`, step),
      ),
    },
  };
}

/** Reads the values of a resource, which are null before it is made and after it is destroyed. */
function valuesAt(path: string, given: unknown): Values | null {
  return given === undefined || given === null ? null : objectAt(path, given);
}

function objectAt(path: string, given: unknown): Values {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new NotAPlan(`${path} is no object`);
  return given as Values;
}

function listAt(path: string, given: unknown): readonly unknown[] {
  if (!Array.isArray(given)) throw new NotAPlan(`${path} is no list`);
  return given as readonly unknown[];
}

function stringAt(path: string, given: unknown): string {
  if (typeof given !== 'string') throw new NotAPlan(`${path} is no text`);
  return given;
}
