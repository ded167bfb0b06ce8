import type { z } from 'zod';

type Schema = z.core.$ZodType;
type Payload = z.core.ParsePayload;
type Issue = Payload['issues'][number];

/** The maximum number of issues that a schema reports about a value. The detail of a failure has room for fewer. */
export const maxIssues = 16;

const bounded = new WeakSet<Schema>();

/**
 * Makes a schema report at most {@link maxIssues} issues. By default zod reports every member of every element of an
 * array that does not fit: 0.6 MB of `[{},{},…]` for objects of 30 members take 12 s and 2.8 GB. zod has no public
 * option to stop.
 *
 * A schema runs its parts by `_zod.run`, which adds issues to a given list. This function replaces the `run` of the
 * schema and of its parts. The list keeps the first issues. When it is full, no more parts are run. Whether a value
 * fits does not change, because an issue in a full list is never withdrawn.
 */
export function boundIssues<T extends Schema>(schema: T): T {
  if (bounded.has(schema)) return schema;
  bounded.add(schema);
  const internals = schema._zod;
  const { def } = internals;
  const run = internals.run.bind(internals);
  internals.run = (payload, ctx: Context) => {
    if (isLazy(internals)) boundIssues(internals.innerType);
    if (ctx.async !== false) return run(payload, ctx);
    const around = ctx[enclosing];
    if (around?.isFull === true) return payload;
    if (scalars.has(def.type)) return run(payload, ctx);
    const issues = issuesOf(payload, def.type === 'intersection' || around?.isInIntersection === true);
    payload.issues = issues;
    ctx[enclosing] = issues;
    try {
      return run(payload, ctx);
    } finally {
      ctx[enclosing] = around;
    }
  };
  for (const part of partsOf(def)) boundIssues(part);
  return schema;
}

/** The types of schemas that report at most one issue for each of their checks. */
const scalars: ReadonlySet<string> = new Set([
  'string',
  'number',
  'boolean',
  'null',
  'literal',
  'enum',
  'never',
  'undefined',
]);

/** The member of zod's parse context for the issues of the enclosing value. zod passes the context to every part. */
const enclosing = Symbol('enclosing');
type Context = Parameters<Schema['_zod']['run']>[1] & { [enclosing]?: Issues | undefined };

/** A list of issues that keeps the first ones. */
class Issues extends Array<Issue> {
  readonly isInIntersection: boolean;
  private lasting = 0;

  constructor(isInIntersection: boolean, issues: readonly Issue[]) {
    super();
    this.isInIntersection = isInIntersection;
    this.push(...issues);
  }

  /** The results of `map` and `filter`, which zod uses on lists of issues, are plain arrays. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  get isFull(): boolean {
    return this.lasting >= maxIssues;
  }

  override push(...issues: Issue[]): number {
    for (const issue of issues) {
      if (this.isInIntersection && mayBeTakenBack(issue)) super.push(issue);
      else if (!this.isFull) {
        this.lasting++;
        // Parts that were not run leave unparsed values, which checks of the schema's author must not see.
        super.push(this.lasting === maxIssues ? Object.assign(issue, { continue: false }) : issue);
      }
    }
    return this.length;
  }
}

function issuesOf({ issues }: Payload, isInIntersection: boolean): Issues {
  return issues instanceof Issues ? issues : new Issues(isInIntersection, issues);
}

/** Whether an intersection may ignore an issue, because only one of its sides does not know a key. */
function mayBeTakenBack({ code, path = [] }: Issue): boolean {
  return (code === 'unrecognized_keys' && path.length === 0) || (code === 'invalid_key' && path.length === 1);
}

/** Returns the schemas in a schema's definition, except that of a lazy schema, which may not exist yet. */
function partsOf(def: object): readonly Schema[] {
  const values: readonly unknown[] = Object.values(def);
  return values.flatMap((value) =>
    isSchema(value) ? [value] : isObject(value) ? Object.values(value).filter(isSchema) : [],
  );
}

function isSchema(value: unknown): value is Schema {
  return isObject(value) && '_zod' in value && (value as Schema)._zod.traits.has('$ZodType');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isLazy(internals: Schema['_zod']): internals is z.core.$ZodLazyInternals {
  return internals.def.type === 'lazy';
}
